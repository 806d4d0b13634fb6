import SASL
import Testing

@Suite("Verdicts on mechanisms")
struct MechanismVerdictTests {
    private static func verdicts(
        _ policy: AuthenticationPolicy = .default,
        offered: [String],
        _ credentials: Credentials? = Credentials(username: "u", password: "p"),
        allowsRevealing: Bool = true,
        isEncrypted: Bool = true,
        bindings: [ChannelBinding] = []
    ) -> [String: MechanismVerdict.Reason] {
        let verdicts = policy.verdicts(
            offered: offered,
            credentials: credentials,
            environment: .init(
                allowsRevealing: allowsRevealing,
                isEncrypted: isEncrypted,
                bindings: bindings
            )
        )
        return Dictionary(uniqueKeysWithValues: verdicts.map { ($0.mechanism, $0.reason) })
    }

    @Test("S-D1.1 each mechanism has the reason that decides it")
    func reasons() {
        let binding = ChannelBinding(kind: .tlsExporter, data: [1])
        #expect(Self.verdicts(offered: ["plain"])["PLAIN"] == .usable)
        #expect(Self.verdicts(offered: [])["PLAIN"] == .notOffered)
        #expect(Self.verdicts(offered: ["CRAM-MD5"])["CRAM-MD5"] == .notAllowed)
        #expect(Self.verdicts(offered: ["X-OWN"])["X-OWN"] == .unknown)
        #expect(Self.verdicts(offered: ["SCRAM-SHA-3"])["SCRAM-SHA-3"] == .unknown)
        #expect(
            Self.verdicts(AuthenticationPolicy(mechanisms: ["x-own"]), offered: ["X-OWN"])["X-OWN"]
                == .unknown
        )
        #expect(Self.verdicts(offered: ["XOAUTH2"])["XOAUTH2"] == .credentialsDoNotFit)
        let other = Credentials(username: "u", password: "p", authorizationIdentity: "other")
        #expect(Self.verdicts(offered: ["LOGIN"], other)["LOGIN"] == .credentialsDoNotFit)
        let bound = "SCRAM-SHA-256-PLUS"
        #expect(Self.verdicts(offered: [bound])[bound] == .noChannelBinding)
        #expect(Self.verdicts(offered: [bound], bindings: [binding])[bound] == .usable)
        #expect(Self.verdicts(offered: ["PLAIN"], allowsRevealing: false)["PLAIN"] == .revealsSecret)
        #expect(Self.verdicts(offered: ["PLAIN"], nil, allowsRevealing: false)["PLAIN"] == .revealsSecret)
        #expect(Self.verdicts(offered: ["PLAIN"], nil)["PLAIN"] == .noCredentials)
        var strict = AuthenticationPolicy.default
        strict.requiresEncryption = true
        #expect(
            Self.verdicts(strict, offered: ["SCRAM-SHA-1"], isEncrypted: false)["SCRAM-SHA-1"]
                == .needsEncryption
        )
    }

    @Test("S-D2 the order is that of the policy, then that of the server; nothing stands twice")
    func order() {
        let verdicts = AuthenticationPolicy(mechanisms: ["plain", "LOGIN", "PLAIN"]).verdicts(
            offered: ["X-B", "LOGIN", "X-A", "x-b", "PLAIN"],
            credentials: nil,
            environment: .init(allowsRevealing: true, isEncrypted: true)
        )
        #expect(verdicts.map(\.mechanism) == ["PLAIN", "LOGIN", "X-B", "X-A"])
    }

    @Test("S-D1.1 what is usable is what is tried, and the other way round", arguments: [false, true])
    func agreesWithChoice(isEncrypted: Bool) {
        let everything = AuthenticationPolicy.default.mechanisms + ["CRAM-MD5"]
        let environment = AuthenticationPolicy.Environment(
            allowsRevealing: isEncrypted,
            isEncrypted: isEncrypted
        )
        for credentials in [Credentials(username: "u", password: "p"), .external(), .anonymous()] {
            for offered in [everything, ["LOGIN", "CRAM-MD5"], ["EXTERNAL", "ANONYMOUS"]] {
                let policy = AuthenticationPolicy(mechanisms: everything)
                let choice = policy.candidates(
                    offered: offered,
                    credentials: credentials,
                    environment: environment
                )
                let verdicts = policy.verdicts(
                    offered: offered,
                    credentials: credentials,
                    environment: environment
                )
                #expect(verdicts.filter(\.isUsable).map(\.mechanism) == choice.candidates.map(\.name))
            }
        }
    }

    @Test(
        "every reason has words of its own",
        arguments: [
            MechanismVerdict.Reason.usable, .notOffered, .notAllowed, .unknown, .noChannelBinding,
            .credentialsDoNotFit, .needsEncryption, .revealsSecret, .noCredentials,
        ]
    )
    func words(reason: MechanismVerdict.Reason) {
        let verdict = MechanismVerdict("PLAIN", reason)
        #expect(verdict.explanation != reason.description)
        #expect(verdict.description == "PLAIN: \(verdict.explanation)")
    }
}
