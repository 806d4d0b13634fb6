import OpenSSLCrypto
import SASL
import Testing

struct PasswordMechanismTests {
    @Test(
        "R4616-1 S-D8 Q64 Q68 PLAIN: identity, NUL, user, NUL, password, in UTF-8 as given",
        arguments: [
            (Credentials(username: "user", password: "pencil"), "\0user\0pencil"),
            (
                Credentials(username: "tim", password: "tanstaaf", authorizationIdentity: "Ursel"),
                "Ursel\0tim\0tanstaaf"
            ),
            (Credentials(username: "jürgen", password: "pä\u{AD}ss"), "\0jürgen\0pä\u{AD}ss"),
        ]
    )
    func plain(credentials: Credentials, expected: String) async throws {
        var plain = try Plain(credentials)
        #expect(plain.name == "PLAIN")
        #expect(plain.revealsSecret && plain.isClientFirst && !plain.ignoresChallenges)
        #expect(!plain.isComplete)
        #expect(try await plain.respond(to: nil) == octets(expected))
        #expect(plain.isComplete)
        #expect(plain.secrets.contains(Secret(expected)))
        #expect(await plain.refusal("") == .unexpectedChallenge)
    }

    @Test(
        "S-D8.1 R4616-1 PLAIN refuses NUL and what is empty",
        arguments: [
            Credentials(username: "user", password: "a\0b"),
            Credentials(username: "a\0b", password: "pencil"),
            Credentials(username: "user", password: "pencil", authorizationIdentity: "a\0b"),
            Credentials(username: "", password: "pencil"), Credentials(username: "user", password: ""),
            .token(username: "user", source: TokenSource(fixed: "tok")), .external(), .anonymous(),
        ]
    )
    func plainRefuses(credentials: Credentials) {
        #expect(throws: SASLError.self) { try Plain(credentials) }
    }

    @Test(
        "Q61 S-D5.4 LOGIN answers user and password, whatever the prompts",
        arguments: [
            ("Username:", "Password:"), ("User Name\0", "Password\0"), ("", ""), ("Password:", "Username:"),
            ("=", "\u{1B}"),
        ]
    )
    func login(first: String, second: String) async throws {
        var login = try Login(Credentials(username: "jürgen", password: "pä\u{AD}ss"))
        #expect(login.name == "LOGIN")
        #expect(login.revealsSecret && !login.isClientFirst && login.ignoresChallenges)
        #expect(try await login.answer(first) == "jürgen")
        #expect(!login.isComplete)
        #expect(try await login.answer(second) == "pä\u{AD}ss")
        #expect(login.isComplete)
        #expect(await login.refusal("") == .unexpectedChallenge)
        #expect(login.secrets == ["pä\u{AD}ss"])
    }

    @Test("R2195-1 S-D5 the exchange of RFC 2195")
    func cramMD5() async throws {
        var cram = try CRAMMD5(Credentials(username: "tim", password: "tanstaaftanstaaf"))
        #expect(cram.name == "CRAM-MD5")
        #expect(!cram.isClientFirst && !cram.revealsSecret)
        #expect(!cram.isComplete)
        #expect(
            try await cram.answer("<1896.697170952@postoffice.reston.mci.net>")
                == "tim b913a602c7eda7a495b4e6e7334d3890"
        )
        #expect(cram.isComplete)
        #expect(cram.secrets == ["tanstaaftanstaaf", "b913a602c7eda7a495b4e6e7334d3890"])
        #expect(await cram.refusal("<1>") == .unexpectedChallenge)
    }

    @Test(
        "S-D5 R2195-1 CRAM-MD5 needs a challenge of reasonable length",
        arguments: [nil, "", String(repeating: "x", count: 9217)]
    )
    func cramMD5Malformed(challenge: String?) async throws {
        var cram = try CRAMMD5(Example.user)
        #expect(await cram.refusal(challenge) == .malformedChallenge)
        #expect(!cram.isComplete)
    }

    @Test("LOGIN and CRAM-MD5 refuse what is empty and an identity to act as")
    func refused() {
        for credentials in [
            Credentials(username: "", password: "p"), Credentials(username: "u", password: ""),
            Credentials(username: "u", password: "p", authorizationIdentity: "a"), .anonymous(),
        ] {
            #expect(throws: SASLError.self) { try Login(credentials) }
            #expect(throws: SASLError.self) { try CRAMMD5(credentials) }
        }
    }

    @Test("EXTERNAL: the identity, often empty", arguments: ["", "ann"])
    func external(identity: String) async throws {
        var external = try External(authorizationIdentity: identity)
        #expect(external.name == "EXTERNAL")
        #expect(external.isClientFirst && !external.revealsSecret)
        #expect(try await external.answer(nil) == identity)
        #expect(external.isComplete)
        #expect(await external.refusal("") == .unexpectedChallenge)
        #expect(throws: SASLError.self) { try External(authorizationIdentity: "a\0b") }
    }

    @Test(
        "ANONYMOUS: the trace, up to 255 characters",
        arguments: ["", "ann@example.org", String(repeating: "ü", count: 255)]
    )
    func anonymous(trace: String) async throws {
        var anonymous = try Anonymous(trace: trace)
        #expect(anonymous.name == "ANONYMOUS")
        #expect(try await anonymous.answer(nil) == trace)
        #expect(anonymous.isComplete)
        #expect(await anonymous.refusal("") == .unexpectedChallenge)
    }

    @Test(
        "ANONYMOUS refuses a trace that is long or has control characters",
        arguments: [String(repeating: "x", count: 256), "a\0b", "a\r\nb"]
    )
    func anonymousRefuses(trace: String) {
        #expect(throws: SASLError.self) { try Anonymous(trace: trace) }
    }

    @Test("R4422-1 names are 1 to 20 of A to Z, 0 to 9, hyphen and underscore")
    func names() throws {
        let binding = SCRAM.Binding.bound(ChannelBinding(kind: .tlsExporter, data: [1]))
        var names = try SCRAM.Hash.allCases.flatMap { hash in
            [
                try SCRAM(Example.user, hash: hash).name,
                try SCRAM(Example.user, hash: hash, binding: binding).name,
            ]
        }
        names += try [Plain(Example.user).name, Login(Example.user).name, CRAMMD5(Example.user).name]
        names += try [External().name, Anonymous().name]
        names += try [XOAUTH2(username: "u", token: "t").name, OAuthBearer(username: "u", token: "t").name]
        for name in names { #expect(name.wholeMatch(of: /[A-Z0-9_-]{1,20}/) != nil, "\(name)") }
        #expect(Set(names).count == 13)
    }
}
