import SASL
import SMTPCore
import SMTPTestServer
import Testing
import TransferEncoding

@testable import AsyncSMTP

@Suite("Authentication: what becomes of a login", .timeLimit(.minutes(20)))
struct LoginOutcomeTests {
    private static let plain = "AUTH PLAIN AHVzZXIAcGVuY2ls"

    private func expectUsable(_ peer: Peer) async throws {
        let noop = await peer.begin { try await $0.noop() }
        try await peer.answer("NOOP", with: "250 ok")
        #expect(try await noop.value.code == .ok)
    }

    // MARK: Encryption

    @Test("S-D1.1 without TLS PLAIN and LOGIN are not begun", .inClear)
    func inClear() async throws {
        var loopback = try SecureLoopback(["PLAIN", "LOGIN"])
        loopback.server.tls = nil
        try await Loopback.withSession(loopback.server) { server, session in
            let error = try await session.errorOfLogIn()
            #expect(error.code == .authenticationNeedsEncryption)
            #expect(server.commands == ["EHLO client.example"])
            try await Loopback.expectUsable(session)
        }
    }

    @Test(
        "S-D1.3 R4954-12 a server that was not verified gets the password only by leave",
        arguments: [true, false]
    )
    func unverified(isAllowed: Bool) async throws {
        let loopback = try SecureLoopback(["PLAIN", "LOGIN"])
        try await loopback.withSession(configure: {
            $0.tls.trustRoots = .system
            $0.tls.verification = .insecurelyDisabled
            $0.allowsPlaintextAuthentication = isAllowed
        }) { server, session in
            if isAllowed {
                try await session.logIn(SecureLoopback.user)
                #expect(server.sessions.map(\.authenticatedUser) == ["user"])
            } else {
                let error = try await session.errorOfLogIn()
                #expect(error.code == .authenticationNeedsEncryption)
                #expect(server.commands == ["EHLO client.example"])
                try await Loopback.expectUsable(session)
            }
        }
    }

    // MARK: Behind the login

    @Test("R4954-9 Q06 no second EHLO follows a login", arguments: ["PLAIN", "LOGIN", "SCRAM-SHA-256"])
    func noSecondHello(mechanism: String) async throws {
        var loopback = try SecureLoopback([mechanism])
        loopback.server.requiresAuthentication = true
        try await loopback.withSession { server, session in
            try await session.logIn(SecureLoopback.user)
            try await session.send(RawMessage(Letter.content))
            #expect(server.commands.count { $0.hasPrefix("EHLO") } == 1)
            #expect(server.messages.map(\.authenticatedUser) == ["user"])
        }
    }

    @Test("Q07 what is offered only behind a login is known when the caller asks again")
    func refreshed() async throws {
        try await withPeer(.offered(["AUTH PLAIN"])) { peer in
            let login = await peer.begin { try await $0.logIn(SecureLoopback.user) }
            try await peer.answer(Self.plain, with: "235 ok")
            try await login.value
            #expect(await !peer.session.offers("DSN"))
            let hello = await peer.begin { try await $0.ehlo() }
            try await peer.answer("EHLO client.example", with: ehloReply(["DSN"]))
            _ = try await hello.value
            #expect(await peer.session.offers("DSN"))
            #expect(await peer.session.isAuthenticated)
        }
    }

    // MARK: Replies

    @Test(
        "R4954-10 every reply to AUTH is told as it is, once, and leaves the session in step",
        arguments: [
            "432 4.7.12", "454 4.7.0", "500 5.5.6", "504 5.5.4", "530 5.7.0", "534 5.7.9", "535 5.7.8",
            "538 5.7.11",
        ]
    )
    func code(reply: String) async throws {
        try await withPeer(.offered(["AUTH LOGIN"])) { peer in
            let task = await peer.begin { try await $0.logIn(SecureLoopback.user) }
            try await peer.answer("AUTH LOGIN", with: "\(reply) no")
            let error = try await peer.error(of: task)
            #expect(error.code == .authenticationFailed)
            #expect(error.stage == .authentication)
            #expect(error.reply.map { "\($0)" } == "\(reply) no")
            #expect(error.reply?.enhancedStatus != nil)
            #expect(error.retryAdvice == (reply.hasPrefix("4") ? .retryLater : .doNotRetry))
            try await peer.expectSilence()
            try await self.expectUsable(peer)
        }
    }

    @Test(
        "Q62 PLAIN refused with its response is said again in two steps, once",
        arguments: [500, 501],
        [true, false]
    )
    func twoSteps(code: Int, isTaken: Bool) async throws {
        try await withPeer(.offered(["AUTH PLAIN LOGIN"])) { peer in
            let task = await peer.begin { try await $0.logIn(SecureLoopback.user) }
            try await peer.answer(Self.plain, with: "\(code) 5.5.2 no")
            if isTaken {
                try await peer.answer("AUTH PLAIN", with: "334 ")
                try await peer.answer("AHVzZXIAcGVuY2ls", with: "235 ok")
                try await task.value
            } else {
                try await peer.answer("AUTH PLAIN", with: "\(code) 5.5.2 no")
                #expect(try await peer.error(of: task).reply?.code.value == code)
                try await peer.expectSilence()
                try await self.expectUsable(peer)
            }
        }
    }

    @Test("Q66 a server that closes after a refusal is not asked again", arguments: [true, false])
    func closed(saysWhy: Bool) async throws {
        try await withPeer(.offered(["AUTH PLAIN LOGIN"])) { peer in
            let task = await peer.begin { try await $0.logIn(SecureLoopback.user) }
            try await peer.expect(Self.plain + "\r\n")
            if saysWhy { try await peer.send("421 4.7.0 too many\r\n") }
            try await peer.close()
            let error = try await peer.error(of: task)
            #expect(error.code == (saysWhy ? .serverClosing : .disconnected))
            #expect(error.stage == .authentication)
            #expect(await !peer.isOpen)
            #expect(try await peer.takeEverything() == "")
        }
    }

    @Test(
        "Q63 Q67 of what is offered the best that is known is taken",
        arguments: ["LOGIN XOAUTH2", "GSSAPI DIGEST-MD5 NTLM CRAM-MD5 LOGIN"]
    )
    func offered(mechanisms: String) async throws {
        try await withPeer(.offered(["AUTH \(mechanisms)"])) { peer in
            let task = await peer.begin { try await $0.logIn(SecureLoopback.user) }
            try await peer.answer("AUTH LOGIN", with: "334 VXNlcm5hbWU6")
            try await peer.answer("dXNlcg==", with: "334 UGFzc3dvcmQ6")
            try await peer.answer("cGVuY2ls", with: "235 ok")
            try await task.value
        }
    }

    @Test("Q67 the order is the caller's")
    func order() async throws {
        let policy = AuthenticationPolicy(mechanisms: ["LOGIN", "PLAIN"])
        try await withPeer(.offered(["AUTH PLAIN LOGIN"]), configure: { $0.authentication = policy }) {
            peer in
            let task = await peer.begin { try await $0.logIn(SecureLoopback.user) }
            try await peer.answer("AUTH LOGIN", with: "504 5.5.4 not really")
            try await peer.answer(Self.plain, with: "235 ok")
            try await task.value
        }
    }

    @Test("Q64 an authorisation identity is sent only when it is given", arguments: ["", "boss"])
    func identity(name: String) async throws {
        let loopback = try SecureLoopback(["PLAIN"])
        try await loopback.withSession { server, session in
            try await session.logIn(
                Credentials(username: "user", password: "pencil", authorizationIdentity: name)
            )
            let found = server.sessions.first?.authentication?.authorizationIdentity
            #expect(found == (name.isEmpty ? nil : name))
            #expect(
                server.commands.last == "AUTH PLAIN \(Base64.encode(Array("\(name)\0user\0pencil".utf8)))"
            )
        }
    }

    @Test(
        "Q68 names and passwords outside ASCII go out in UTF-8",
        arguments: ["PLAIN", "LOGIN", "SCRAM-SHA-256"]
    )
    func utf8(mechanism: String) async throws {
        var loopback = try SecureLoopback([mechanism])
        loopback.server.users = ["jörg": "pässwörd €"]
        try await loopback.withSession { server, session in
            try await session.logIn(Credentials(username: "jörg", password: "pässwörd €"))
            #expect(server.sessions.map(\.authenticatedUser) == ["jörg"])
        }
    }

    @Test("Q69 a server without AUTH is an error, or taken as it is", arguments: [true, false])
    func notOffered(isTaken: Bool) async throws {
        try await withPeer(configure: { $0.authentication.authenticatesOnlyIfOffered = isTaken }) { peer in
            let task = await peer.begin { try await $0.logIn(SecureLoopback.user) }
            if isTaken {
                try await task.value
            } else {
                #expect(try await peer.error(of: task).code == .noAuthenticationMechanism)
            }
            #expect(await !peer.session.isAuthenticated)
            try await peer.expectSilence()
            try await self.expectUsable(peer)
        }
    }

    // MARK: Without a password

    @Test("EXTERNAL: the certificate of the client says who it is", arguments: ["", "ann", "bob"])
    func external(identity: String) async throws {
        var loopback = try SecureLoopback(["EXTERNAL", "PLAIN"])
        var options = TLSServerConfiguration(identity: try loopback.authority.identity(for: ["127.0.0.1"]))
        options.clientTrustRoots = loopback.authority.trustRoots
        loopback.server.tls = .implicit(options)
        let client = try loopback.authority.clientIdentity(named: "ann")
        try await loopback.withSession(configure: { $0.tls.identity = client }) { server, session in
            let credentials = Credentials.external(authorizationIdentity: identity)
            if identity == "bob" {
                #expect(try await session.errorOfLogIn(credentials).reply?.code.value == 535)
            } else {
                try await session.logIn(credentials)
                #expect(server.sessions.map(\.authenticatedUser) == ["ann"])
            }
            #expect(
                server.commands.last
                    == "AUTH EXTERNAL \(identity.isEmpty ? "=" : Base64.encode(Array(identity.utf8)))"
            )
        }
    }

    @Test("ANONYMOUS with and without a trace", arguments: ["", "ann@example.org"])
    func anonymous(trace: String) async throws {
        let loopback = try SecureLoopback(["ANONYMOUS", "PLAIN"])
        try await loopback.withSession { server, session in
            try await session.logIn(.anonymous(trace: trace))
            #expect(server.sessions.first?.authentication?.mechanism == "ANONYMOUS")
            #expect(
                server.commands.last
                    == "AUTH ANONYMOUS \(trace.isEmpty ? "=" : Base64.encode(Array(trace.utf8)))"
            )
        }
    }

    @Test("a mechanism of the caller that reveals its secret needs encryption too")
    func ownMechanism() async throws {
        struct Own: SASLMechanism {
            let name = "X-OWN"
            let revealsSecret = true
            let isClientFirst = true
            private(set) var isComplete = false

            mutating func respond(to challenge: [UInt8]?) throws(SASLError) -> [UInt8] {
                self.isComplete = true
                return [1, 2]
            }
        }
        let server = try SMTPServer(host: "192.0.2.1", tls: .plaintext)
        for isAllowed in [false, true] {
            try await withPeer(
                .offered(["AUTH X-OWN"]),
                server: server,
                configure: { $0.allowsPlaintextAuthentication = isAllowed }
            ) { peer in
                let task = await peer.begin { try await $0.authenticate(with: Own()) }
                if isAllowed {
                    try await peer.answer("AUTH X-OWN AQI=", with: "235 ok")
                    #expect(try await task.value.code == .authenticated)
                } else {
                    #expect(try await peer.error(of: task).code == .authenticationNeedsEncryption)
                    try await peer.expectSilence()
                }
            }
        }
    }
}
