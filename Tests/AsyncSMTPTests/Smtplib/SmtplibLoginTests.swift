import AsyncSMTP
import SMTPTestServer
import Testing

@Suite("smtplib: login and auth")
struct SmtplibLoginTests {
    private static let credentials = Credentials(username: "ann", password: "secret")

    private static func server(_ mechanisms: String, _ rules: SMTPTestServer.Rule...)
        -> SMTPTestServer.Configuration
    {
        .init(
            extensions: mechanisms.isEmpty ? [] : ["AUTH \(mechanisms)"],
            users: mechanisms.isEmpty ? [:] : ["ann": "secret"],
            script: .init(rules)
        )
    }

    private static func allowPlaintext(_ configuration: inout SMTPConfiguration) {
        configuration.allowsPlaintextAuthentication = true
    }

    @Test(
        "smtplib.login takes the first mechanism that is offered and can be used",
        arguments: [
            ("PLAIN LOGIN", "AUTH PLAIN AGFubgBzZWNyZXQ="), ("LOGIN", "AUTH LOGIN"),
            ("LOGIN PLAIN", "AUTH PLAIN AGFubgBzZWNyZXQ="),
        ]
    )
    func login(mechanisms: String, command: String) async throws {
        try await Loopback.withSession(Self.server(mechanisms), configure: Self.allowPlaintext) {
            server,
            session in
            try await session.logIn(Self.credentials)
            #expect(await session.isAuthenticated)
            #expect(server.sessions.map(\.authenticatedUser) == ["ann"])
            #expect(server.commands.prefix(2) == ["EHLO client.example", command])
        }
    }

    @Test("smtplib.login as part of the configuration happens before the first message")
    func configured() async throws {
        let configure: (inout SMTPConfiguration) -> Void = {
            Self.allowPlaintext(&$0)
            $0.credentials = Self.credentials
        }
        var server = Self.server("PLAIN")
        server.requiresAuthentication = true
        try await Loopback.withClient(server, configure: configure) { server, client in
            try await client.send(RawMessage(Letter.content))
            #expect(server.messages.map(\.authenticatedUser) == ["ann"])
        }
    }

    @Test(
        "smtplib.SMTPAuthenticationError is authenticationFailed; no other mechanism gets the same password"
    )
    func wrongPassword() async throws {
        try await Loopback.withSession(Self.server("PLAIN LOGIN"), configure: Self.allowPlaintext) {
            server,
            session in
            let error = try await #require(throws: SMTPError.self) {
                try await session.logIn(Credentials(username: "ann", password: "wrong"))
            }
            #expect(error.code == .authenticationFailed)
            #expect(error.reply?.code.value == 535)
            #expect(error.stage == .authentication)
            #expect(!error.description.contains("wrong"))
            #expect(server.commands.filter { $0.hasPrefix("AUTH") }.count == 1)
            #expect(await !session.isAuthenticated)
        }
    }

    @Test(
        "smtplib.login goes on to the next mechanism where one turns out not to work",
        arguments: [504, 534]
    )
    func nextMechanism(code: Int) async throws {
        let refusal = SMTPTestServer.Rule.on(
            .command("AUTH", where: { $0.hasPrefix("PLAIN") }),
            .reply("\(code) 5.5.4 not this one")
        )
        try await Loopback.withSession(
            Self.server("PLAIN LOGIN", refusal),
            configure: Self.allowPlaintext
        ) { server, session in
            try await session.logIn(Self.credentials)
            #expect(server.sessions.map(\.authenticatedUser) == ["ann"])
        }
    }

    @Test("smtplib.login where there is no AUTH, or none that can be used", arguments: ["", "GSSAPI"])
    func noMechanism(mechanisms: String) async throws {
        try await Loopback.withSession(Self.server(mechanisms), configure: Self.allowPlaintext) {
            server,
            session in
            let error = try await #require(throws: SMTPError.self) {
                try await session.logIn(Self.credentials)
            }
            #expect(error.code == .noAuthenticationMechanism)
            #expect(server.commands == ["EHLO client.example"])
        }
    }

    @Test("smtplib.login in clear is refused unless allowed: the password stays here", .inClear)
    func notEncrypted() async throws {
        try await Loopback.withSession(Self.server("PLAIN LOGIN")) { server, session in
            let error = try await #require(throws: SMTPError.self) {
                try await session.logIn(Self.credentials)
            }
            #expect(error.code == .authenticationNeedsEncryption)
            try await Loopback.expectUsable(session)
            #expect(server.commands == ["EHLO client.example", "NOOP"])
        }
    }

    @Test("smtplib.user and smtplib.password are Credentials, which never print the password")
    func credentials() {
        #expect(Self.credentials.username == "ann")
        var dumped = ""
        dump(Self.credentials, to: &dumped)
        for text in ["\(Self.credentials)", String(reflecting: Self.credentials), dumped] {
            #expect(!text.contains("secret"))
            #expect(text.contains("ann"))
        }
    }

    /// A mechanism of the caller: a token, then the challenge turned round.
    private struct Reverse: SASLMechanism {
        let name = "X-REVERSE"
        let revealsSecret = false
        let isClientFirst = true
        private(set) var isComplete = false

        mutating func respond(to challenge: [UInt8]?) throws(SASLError) -> [UInt8] {
            guard let challenge else { return Array("token".utf8) }
            self.isComplete = true
            return challenge.reversed()
        }
    }

    @Test("smtplib.auth carries out a mechanism of the caller")
    func ownMechanism() async throws {
        let rules: [SMTPTestServer.Rule] = [
            .on(.command("AUTH"), .reply("334 YWJj")), .on(.authResponse, .reply("235 2.7.0 welcome")),
        ]
        let configuration = SMTPTestServer.Configuration(extensions: ["AUTH X-REVERSE"], script: .init(rules))
        try await Loopback.withSession(configuration) { server, session in
            let reply = try await session.authenticate(with: Reverse())
            #expect(reply.code == .authenticated)
            #expect(server.commands.dropFirst() == ["AUTH X-REVERSE dG9rZW4=", "Y2Jh"])
            #expect(await session.isAuthenticated)
        }
    }

    @Test("smtplib.auth with PLAIN or LOGIN, as auth_plain and auth_login", arguments: ["PLAIN", "LOGIN"])
    func chosenMechanism(name: String) async throws {
        try await Loopback.withSession(Self.server("PLAIN LOGIN"), configure: Self.allowPlaintext) {
            server,
            session in
            let reply =
                name == "PLAIN"
                ? try await session.authenticate(with: Plain(Self.credentials))
                : try await session.authenticate(with: Login(Self.credentials))
            #expect(reply.code == .authenticated)
            #expect(server.commands.count { $0.hasPrefix("AUTH \(name)") } == 1)
        }
    }

    /// The same server with mechanisms of its own choice in clear.
    private static func speaking(_ mechanisms: [String]) -> SMTPTestServer.Configuration {
        .init(users: ["ann": "secret"], mechanisms: mechanisms)
    }

    @Test("smtplib.auth_cram_md5 has to be asked for: by name, or in the policy", arguments: [true, false])
    func cramMD5(byName: Bool) async throws {
        let configure: (inout SMTPConfiguration) -> Void = {
            $0.authentication = AuthenticationPolicy(mechanisms: ["CRAM-MD5", "PLAIN"])
        }
        try await Loopback.withSession(Self.speaking(["CRAM-MD5", "PLAIN"]), configure: configure) {
            server,
            session in
            if byName {
                try await session.authenticate(with: CRAMMD5(Self.credentials))
            } else {
                try await session.logIn(Self.credentials)
            }
            #expect(server.sessions.first?.authentication?.mechanism == "CRAM-MD5")
            #expect(server.sessions.map(\.authenticatedUser) == ["ann"])
        }
    }

    @Test("smtplib.login by default leaves CRAM-MD5 alone, which smtplib prefers")
    func noCRAMMD5() async throws {
        try await Loopback.withSession(
            Self.speaking(["CRAM-MD5", "PLAIN"]),
            configure: Self.allowPlaintext
        ) { server, session in
            try await session.logIn(Self.credentials)
            #expect(server.sessions.first?.authentication?.mechanism == "PLAIN")
        }
        try await Loopback.withSession(Self.speaking(["CRAM-MD5"]), configure: Self.allowPlaintext) {
            server,
            session in
            let error = try await #require(throws: SMTPError.self) {
                try await session.logIn(Self.credentials)
            }
            #expect(error.code == .noAuthenticationMechanism)
            #expect(server.commands == ["EHLO client.example"])
        }
    }

    @Test(
        "smtplib.login by SCRAM, which smtplib does not know",
        arguments: ["SCRAM-SHA-1", "SCRAM-SHA-256", "SCRAM-SHA-512"]
    )
    func scram(mechanism: String) async throws {
        try await Loopback.withSession(Self.speaking(["PLAIN", "CRAM-MD5", mechanism])) { server, session in
            try await session.logIn(Self.credentials)
            #expect(server.sessions.first?.authentication?.mechanism == mechanism)
            #expect(await session.isAuthenticated)
        }
    }

    @Test("smtplib.auth a second time is an error and sends nothing")
    func twice() async throws {
        try await Loopback.withSession(Self.server("PLAIN"), configure: Self.allowPlaintext) {
            server,
            session in
            try await session.logIn(Self.credentials)
            let error = try await #require(throws: SMTPError.self) {
                try await session.authenticate(with: Plain(Self.credentials))
            }
            #expect(error.code == .badSequence)
            #expect(server.commands.count == 2)
        }
    }

    @Test("smtplib.auth does not answer challenges for ever")
    func endless() async throws {
        struct Endless: SASLMechanism {
            let name = "X-ENDLESS"
            let revealsSecret = false
            let isClientFirst = false
            var isComplete: Bool { true }

            mutating func respond(to challenge: [UInt8]?) throws(SASLError) -> [UInt8] { [0x61] }
        }
        let script: SMTPTestServer.Script = [
            .on(.command("AUTH"), .reply("334 ")), .on(.authResponse, .reply("334 ")),
        ]
        try await Loopback.withSession(.init(extensions: ["AUTH X-ENDLESS"], script: script)) {
            server,
            session in
            let error = try await #require(throws: SMTPError.self) {
                try await session.authenticate(with: Endless())
            }
            #expect(error.code == .authenticationFailed)
            #expect(server.commands.contains("*"))
            #expect(server.commands.count < 20)
        }
    }
}
