import OpenSSLCrypto
import SASL
import Testing

@Suite("Choice of mechanisms")
struct AuthenticationPolicyTests {
    typealias Environment = AuthenticationPolicy.Environment

    private static let exporter = ChannelBinding(kind: .tlsExporter, data: [1, 2, 3])
    private static let endPoint = ChannelBinding(kind: .tlsServerEndPoint, data: [4, 5, 6])
    private static let tls = Environment(
        allowsRevealing: true,
        isEncrypted: true,
        bindings: [Self.endPoint, Self.exporter],
        host: "server.example.com",
        port: 587
    )
    private static let unverified = Environment(allowsRevealing: false, isEncrypted: true)
    private static let clear = Environment(allowsRevealing: false, isEncrypted: false)
    private static let password = Credentials(username: "user", password: "pencil")
    private static var token: Credentials {
        .token(username: "user@example.com", source: TokenSource(fixed: "tok"))
    }

    private static let everything = [
        "PLAIN", "LOGIN", "CRAM-MD5", "DIGEST-MD5", "GSSAPI", "NTLM", "XOAUTH2", "OAUTHBEARER", "EXTERNAL",
        "ANONYMOUS",
        "SCRAM-SHA-1", "SCRAM-SHA-1-PLUS", "SCRAM-SHA-256", "SCRAM-SHA-256-PLUS", "SCRAM-SHA-512",
        "SCRAM-SHA-512-PLUS",
    ]

    /// What is chosen: names in order, or the reason why there is none.
    struct Row: Sendable, CustomTestStringConvertible {
        let testDescription: String
        var policy = AuthenticationPolicy.default
        let offered: [String]
        var credentials = AuthenticationPolicyTests.password
        var environment = AuthenticationPolicyTests.tls
        var names: [String] = []
        var refusal: AuthenticationPolicy.Choice.Refusal?

        static var all: [Row] {
            [
                Row(testDescription: "nothing offered", offered: [], refusal: .nothingOffered),
                Row(
                    testDescription: "only what is unknown",
                    offered: ["NTLM", "GSSAPI"],
                    refusal: .nothingFits
                ),
                Row(
                    testDescription: "everything, with a password",
                    offered: everything,
                    names: [
                        "SCRAM-SHA-512-PLUS", "SCRAM-SHA-256-PLUS", "SCRAM-SHA-1-PLUS", "SCRAM-SHA-512",
                        "SCRAM-SHA-256",
                        "SCRAM-SHA-1", "PLAIN", "LOGIN",
                    ]
                ),
                Row(
                    testDescription: "everything, with a token",
                    offered: everything,
                    credentials: token,
                    names: ["OAUTHBEARER", "XOAUTH2"]
                ),
                Row(
                    testDescription: "everything, with a certificate",
                    offered: everything,
                    credentials: .external(),
                    names: ["EXTERNAL"]
                ),
                Row(
                    testDescription: "everything, with nothing",
                    offered: everything,
                    credentials: .anonymous(),
                    environment: clear,
                    names: ["ANONYMOUS"]
                ),
                Row(
                    testDescription: "D1.1 clear text and mechanisms that reveal",
                    offered: ["PLAIN", "LOGIN"],
                    environment: clear,
                    refusal: .needsEncryption
                ),
                Row(
                    testDescription: "D1.1 clear text and tokens",
                    offered: ["XOAUTH2", "OAUTHBEARER"],
                    credentials: token,
                    environment: clear,
                    refusal: .needsEncryption
                ),
                Row(
                    testDescription: "D1.2 clear text and SCRAM",
                    offered: ["SCRAM-SHA-256", "PLAIN"],
                    environment: clear,
                    names: ["SCRAM-SHA-256"]
                ),
                Row(
                    testDescription: "D1.2 clear text and SCRAM, not permitted",
                    policy: policy { $0.requiresEncryption = true },
                    offered: ["SCRAM-SHA-256"],
                    environment: clear,
                    refusal: .needsEncryption
                ),
                Row(
                    testDescription: "D1.3 unverified TLS",
                    offered: ["PLAIN", "SCRAM-SHA-256"],
                    environment: unverified,
                    names: ["SCRAM-SHA-256"]
                ),
                Row(
                    testDescription: "D1.3 unverified TLS, PLAIN only",
                    offered: ["PLAIN"],
                    environment: unverified,
                    refusal: .needsEncryption
                ),
                Row(
                    testDescription: "D2.1 the stronger before the weaker",
                    offered: ["PLAIN", "SCRAM-SHA-256"],
                    names: ["SCRAM-SHA-256", "PLAIN"]
                ),
                Row(
                    testDescription: "D2.3 at least SCRAM, without",
                    policy: .atLeast(.scram),
                    offered: ["PLAIN", "LOGIN"],
                    refusal: .nothingFits
                ),
                Row(
                    testDescription: "D2.3 at least SCRAM, with",
                    policy: .atLeast(.scram),
                    offered: ["PLAIN", "SCRAM-SHA-1"],
                    names: ["SCRAM-SHA-1"]
                ),
                Row(
                    testDescription: "at least SCRAM with binding",
                    policy: .atLeast(.scramPlus),
                    offered: everything,
                    names: ["SCRAM-SHA-512-PLUS", "SCRAM-SHA-256-PLUS", "SCRAM-SHA-1-PLUS"]
                ),
                Row(
                    testDescription: "-PLUS without a binding",
                    policy: .atLeast(.scramPlus),
                    offered: everything,
                    environment: clear,
                    refusal: .nothingFits
                ),
                Row(testDescription: "Q63 no PLAIN", offered: ["LOGIN", "XOAUTH2"], names: ["LOGIN"]),
                Row(
                    testDescription: "Q67 own order",
                    policy: AuthenticationPolicy(mechanisms: [
                        "login", "Plain", "CRAM-MD5", "X-UNKNOWN", "LOGIN",
                    ]
                    ),
                    offered: everything,
                    names: ["LOGIN", "PLAIN", "CRAM-MD5"]
                ),
                Row(
                    testDescription: "case",
                    offered: ["plain", "Scram-Sha-256"],
                    names: ["SCRAM-SHA-256", "PLAIN"]
                ),
                Row(
                    testDescription: "CRAM-MD5 is not in the default",
                    offered: ["CRAM-MD5"],
                    refusal: .nothingFits
                ),
                Row(
                    testDescription: "an identity to act as",
                    policy: AuthenticationPolicy(mechanisms: ["CRAM-MD5", "LOGIN", "PLAIN"]),
                    offered: everything,
                    credentials: Credentials(username: "u", password: "p", authorizationIdentity: "a"),
                    names: ["PLAIN"]
                ),
            ]
        }

        private static func policy(_ change: (inout AuthenticationPolicy) -> Void) -> AuthenticationPolicy {
            var policy = AuthenticationPolicy.default
            change(&policy)
            return policy
        }
    }

    @Test(
        "S-D1.1 S-D1.2 S-D1.3 S-D2.1 S-D2.2 S-D2.3 Q63 Q67 R4954-1 what is offered, allowed and fits, in order",
        arguments: Row.all
    )
    func table(row: Row) {
        let choice = row.policy.candidates(
            offered: row.offered,
            credentials: row.credentials,
            environment: row.environment
        )
        #expect(choice.candidates.map(\.name) == row.names)
        #expect(choice.refusal == row.refusal)
    }

    @Test("S-D2 Q66 nothing is chosen that is not offered", arguments: Self.everything)
    func onlyOffered(name: String) {
        for credentials in [Self.password, Self.token, .external(), .anonymous()] {
            let policy = AuthenticationPolicy(mechanisms: Self.everything)
            let choice = policy.candidates(offered: [name], credentials: credentials, environment: Self.tls)
            #expect(choice.candidates.allSatisfy { $0.name == name })
            #expect((choice.refusal == nil) == !choice.candidates.isEmpty)
        }
    }

    private static func scram(
        _ offered: [String],
        _ bindings: [ChannelBinding],
        _ kinds: [ChannelBinding.Kind] = [.tlsExporter, .tlsServerEndPoint]
    ) -> Candidate.Plan? {
        var policy = AuthenticationPolicy.default
        policy.channelBindings = kinds
        var environment = Self.tls
        environment.bindings = bindings
        let choice = policy.candidates(offered: offered, credentials: Self.password, environment: environment)
        return choice.candidates.first?.plan
    }

    @Test("S-D4.1 S-D4.2 S-D4.4 R5802-4 R5929-1 R9266-1 flag and binding follow from both sides")
    func bindings() {
        let both = ["SCRAM-SHA-256", "SCRAM-SHA-256-PLUS"]
        let exporter = Self.exporter
        let endPoint = Self.endPoint
        #expect(Self.scram(both, [endPoint, exporter]) == .scram(.sha256, .bound(exporter)))
        #expect(Self.scram(both, [endPoint]) == .scram(.sha256, .bound(endPoint)))
        #expect(
            Self.scram(both, [exporter], [.tlsServerEndPoint, .tlsExporter])
                == .scram(.sha256, .bound(exporter))
        )
        #expect(
            Self.scram(both, [exporter, endPoint], [.tlsServerEndPoint, .tlsExporter])
                == .scram(.sha256, .bound(endPoint))
        )
        #expect(Self.scram(["SCRAM-SHA-256"], [exporter]) == .scram(.sha256, .notOffered))
        #expect(Self.scram(["SCRAM-SHA-256"], []) == .scram(.sha256, .unsupported))
        #expect(Self.scram(["SCRAM-SHA-256"], [exporter], []) == .scram(.sha256, .unsupported))
        #expect(Self.scram(both, []) == .scram(.sha256, .unsupported))
        #expect(Self.scram(both, [exporter], []) == .scram(.sha256, .unsupported))
        let empty = ChannelBinding(kind: .tlsExporter, data: [])
        #expect(Self.scram(both, [empty, endPoint]) == .scram(.sha256, .bound(endPoint)))
    }

    @Test("S-D4 a server that offers binding never hears that it does not")
    func afterRefusedBinding() {
        let choice = AuthenticationPolicy.default.candidates(
            offered: ["SCRAM-SHA-256", "SCRAM-SHA-1-PLUS"],
            credentials: Self.password,
            environment: Self.tls
        )
        #expect(
            choice.candidates.map(\.plan) == [
                .scram(.sha1, .bound(Self.exporter)), .scram(.sha256, .unsupported),
            ]
        )
    }

    @Test("R5929-2 tls-unique is not among the channel bindings")
    func noTLSUnique() {
        #expect(ChannelBinding.Kind(rawValue: "tls-unique") == nil)
        #expect(ChannelBinding.Kind.allCases.map(\.rawValue) == ["tls-exporter", "tls-server-end-point"])
    }

    @Test("every candidate makes the mechanism of its name")
    func made() async throws {
        let policy = AuthenticationPolicy(mechanisms: Self.everything)
        var names: Set<String> = []
        for credentials in [Self.password, Self.token, .external(), .anonymous()] {
            let choice = policy.candidates(
                offered: Self.everything,
                credentials: credentials,
                environment: Self.tls
            )
            for candidate in choice.candidates {
                let mechanism = try await candidate.make()
                #expect(mechanism.name == candidate.name)
                #expect(mechanism.revealsSecret == candidate.plan.revealsSecret)
                names.insert(mechanism.name)
            }
        }
        #expect(names == Set(Self.everything).subtracting(["DIGEST-MD5", "GSSAPI", "NTLM"]))
    }

    @Test("OAUTHBEARER names the server of the connection")
    func server() async throws {
        let choice = AuthenticationPolicy.default.candidates(
            offered: ["OAUTHBEARER"],
            credentials: Self.token,
            environment: Self.tls
        )
        var mechanism = try await #require(choice.candidates.first).make()
        #expect(
            try await mechanism.answer(nil)
                == "n,a=user@example.com,\u{1}host=server.example.com\u{1}port=587\u{1}auth=Bearer tok\u{1}\u{1}"
        )
    }

    @Test("S-D7 R7628-4 a refused token gives way to one new token, and no more")
    func refreshed() async throws {
        let tokens = Tokens(["old", "new", "new"])
        let credentials = Credentials.token(username: "u", source: TokenSource { try tokens.next() })
        let choice = AuthenticationPolicy.default.candidates(
            offered: ["XOAUTH2"],
            credentials: credentials,
            environment: Self.tls
        )
        let candidate = try #require(choice.candidates.first)
        let first = try await candidate.make()
        let second = try #require(try await candidate.make(insteadOf: first))
        #expect(second.secrets.contains("new"))
        #expect(try await candidate.make(insteadOf: first)?.secrets.contains("new") == true)
        #expect(try await candidate.make(insteadOf: second) == nil)
    }

    @Test("a mechanism without a token is not made again")
    func notRefreshed() async throws {
        let choice = AuthenticationPolicy.default.candidates(
            offered: ["PLAIN"],
            credentials: Self.password,
            environment: Self.tls
        )
        let candidate = try #require(choice.candidates.first)
        #expect(try await candidate.make(insteadOf: candidate.make()) == nil)
    }

    @Test("H8 the error of a token provider is told by its type only")
    func providerFails() async throws {
        struct Leaky: Error {
            let token = "hunter2"
        }
        let choice = AuthenticationPolicy.default.candidates(
            offered: ["XOAUTH2"],
            credentials: .token(username: "u", source: TokenSource { throw Leaky() }),
            environment: Self.tls
        )
        let candidate = try #require(choice.candidates.first)
        await #expect(throws: SASLError(.tokenUnavailable("Leaky"))) { try await candidate.make() }
    }

    @Test("the defaults are the safe ones")
    func defaults() {
        let policy = AuthenticationPolicy.default
        #expect(
            !policy.fallsBackAfterRefusal && !policy.authenticatesOnlyIfOffered && !policy.requiresEncryption
        )
        #expect(policy.iterations == 4096...600_000)
        #expect(policy == AuthenticationPolicy())
        #expect(policy != .atLeast(.scram))
    }
}
