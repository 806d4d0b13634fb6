import NIOCore
import SMTPTestServer
import Testing

@testable import AsyncSMTP

@Suite("smtplib: connecting and leaving")
struct SmtplibConnectionTests {
    @Test("smtplib.SMTP connects to host and port, reads the greeting and says nothing yet")
    func connects() async throws {
        try await Loopback.withSession(.init(greeting: "mx.example ESMTP here")) { server, session in
            let greeting = try #require(await session.greeting)
            #expect(greeting.code == .ready)
            #expect(greeting.text == "mx.example ESMTP here")
            await session.close()
            try await server.waitForSessionsClosed(1)
            #expect(server.sessions.map(\.receivedCount) == [0])
        }
    }

    @Test("smtplib.connect gives the code and the text of the greeting, all lines of it")
    func greeting() async throws {
        let script: SMTPTestServer.Script = [.on(.connect, .reply("220-one", "220 two"))]
        try await Loopback.withSession(.init(script: script)) { _, session in
            #expect(await session.greeting?.code.value == 220)
            #expect(await session.greeting?.lines == ["one", "two"])
        }
    }

    @Test("smtplib.connect where nobody listens is an error")
    func nobodyListens() async throws {
        let place = try SMTPServer(host: "127.0.0.1", port: await TestTransport.closedPort(), tls: .plaintext)
        let error = try await #require(throws: SMTPError.self) { try await SMTPSession.connect(to: place) }
        #expect(error.code == .cannotConnect)
        #expect(error.stage == .connect)
        #expect(error.acceptance == .notAccepted)
    }

    @Test(
        "smtplib.SMTP takes the host as name:port too",
        arguments: [
            ("localhost:2525", nil, "smtp://localhost:2525?tls=none"),
            ("127.0.0.1:2525", nil, "smtp://127.0.0.1:2525?tls=none"),
            ("[::1]:2525", nil, "smtp://[::1]:2525?tls=none"), ("::1", nil, "smtp://[::1]:25?tls=none"),
            ("mx.example", nil, "smtp://mx.example:25?tls=none"), ("mx.example", 587, "smtp://mx.example:587?tls=none"),
            ("mx.example:", nil, nil), ("mx.example:smtp", nil, nil), ("mx.example:2525", 587, nil),
            ("mx.example:0", nil, nil), ("mx.example:65536", nil, nil), ("", nil, nil),
        ] as [(String, Int?, String?)]
    )
    func hostAndPort(host: String, port: Int?, url: String?) throws {
        if let url {
            #expect(try SMTPServer(host: host, port: port, tls: .plaintext).description == url)
        } else {
            let error = try #require(throws: SMTPError.self) { try SMTPServer(host: host, port: port, tls: .plaintext) }
            #expect(error.code == .invalidArgument)
        }
    }

    @Test("smtplib.SMTP reaches a server named as name:port")
    func connectsToNameAndPort() async throws {
        try await SMTPTestServer.withServer { server in
            let place = try SMTPServer(host: "\(server.host):\(server.port)", tls: .plaintext)
            try await SMTPSession.withSession(to: place) { session in
                try await Loopback.expectUsable(session)
            }
            #expect(server.sessions.count == 1)
        }
    }

    @Test("smtplib.local_hostname is the name in EHLO")
    func localHostname() async throws {
        let configure: (inout SMTPConfiguration) -> Void = { $0.helloName = try? HelloName("me.example.org") }
        try await Loopback.withSession(configure: configure) { server, session in
            try await session.hello()
            #expect(server.commands == ["EHLO me.example.org"])
        }
    }

    @Test("smtplib.local_hostname by default is a full name or an address literal")
    func defaultHostname() async throws {
        try await Loopback.withSession(configure: { $0.helloName = nil }) { server, session in
            try await session.hello()
            let name = try #require(server.sessions.first?.hello)
            #expect(name.contains("."))
            #expect(throws: Never.self) { try HelloName(name) }
        }
    }

    @Test("smtplib.timeout is one time for every step")
    func oneTimeout() {
        let timeouts = Timeouts(all: .seconds(7))
        let steps = [
            timeouts.connect, timeouts.greeting, timeouts.hello, timeouts.authentication, timeouts.mail,
            timeouts.rcpt, timeouts.data, timeouts.contentBlock, timeouts.finalReply, timeouts.command,
        ]
        #expect(steps.allSatisfy { $0 == .seconds(7) })
        #expect(timeouts.quit <= .seconds(7))
    }

    @Test("smtplib.timeout ends a wait for a server that is silent")
    func timesOut() async throws {
        // Nothing ever opens the gate, so the only way out is the time limit, however short or late.
        let gate = SMTPTestServer.Gate()
        let script: SMTPTestServer.Script = [.on(.command("NOOP"), .hold(gate), .default)]
        let configure: (inout SMTPConfiguration) -> Void = { $0.timeouts.command = .milliseconds(20) }
        try await Loopback.withSession(.init(script: script), configure: configure) { _, session in
            let error = try await #require(throws: SMTPError.self) { try await session.noop() }
            #expect(error.code == .timedOut)
            #expect(await !session.isOpen)
        }
    }

    @Test("smtplib.source_address is the local end of the connection")
    func sourceAddress() async throws {
        #if os(Linux)
        let address = "127.0.0.2"
        #else
        let address = "127.0.0.1"
        #endif
        let configure: (inout SMTPConfiguration) -> Void = { $0.sourceAddress = SourceAddress(address) }
        try await Loopback.withSession(configure: configure) { _, session in
            #expect(session.channel.localAddress?.ipAddress == address)
            try await Loopback.expectUsable(session)
        }
    }

    @Test(
        "smtplib.source_address that is none of this host is an error",
        arguments: ["192.0.2.1", "nonsense"]
    )
    func foreignSourceAddress(address: String) async throws {
        try await SMTPTestServer.withServer { server in
            var configuration = SMTPConfiguration()
            configuration.sourceAddress = SourceAddress(address)
            let error = try await #require(throws: SMTPError.self) {
                try await SMTPSession.connect(
                    to: try Loopback.place(of: server),
                    configuration: configuration
                )
            }
            #expect([.cannotConnect, .invalidArgument].contains(error.code))
            #expect(server.sessions.isEmpty)
        }
    }

    @Test(
        "smtplib.SMTP as a context manager sends QUIT, whether the body returns or throws",
        arguments: [false, true]
    )
    func contextManager(throwing: Bool) async throws {
        struct Failure: Error {}
        try await SMTPTestServer.withServer { server in
            do {
                try await SMTPSession.withSession(
                    to: try Loopback.place(of: server),
                    configuration: try Loopback.configuration()
                ) { _ in
                    if throwing { throw Failure() }
                }
                #expect(!throwing)
            } catch is Failure {
                #expect(throwing)
            }
            try await server.waitForSessionsClosed(1)
            #expect(server.commands == ["EHLO client.example", "QUIT"])
            #expect(server.sessions.map(\.end) == [.quit])
        }
    }

    @Test("smtplib.quit returns the reply and closes, once")
    func quit() async throws {
        try await Loopback.withSession { server, session in
            #expect(await session.quit()?.code == .closing)
            #expect(await !session.isOpen)
            #expect(await session.quit() == nil)
            try await server.waitForSessionsClosed(1)
            #expect(server.commands == ["QUIT"])
        }
    }

    @Test(
        "smtplib.quit never fails, whatever the server does",
        arguments: [[.reply("500 5.5.1 stay")], [.close], [.reset]] as [[SMTPTestServer.Action]]
    )
    func quitRefused(actions: [SMTPTestServer.Action]) async throws {
        let script = SMTPTestServer.Script([SMTPTestServer.Rule(.command("QUIT"), actions)])
        try await Loopback.withSession(.init(script: script)) { server, session in
            let reply = await session.quit()
            #expect(reply == nil || reply?.code.value == 500)
            #expect(await !session.isOpen)
            try await server.waitForSessionsClosed(1)
        }
    }

    @Test("smtplib.close closes without QUIT, and what comes later is refused")
    func close() async throws {
        try await Loopback.withSession { server, session in
            await session.close()
            try await server.waitForSessionsClosed(1)
            #expect(server.sessions.map(\.receivedCount) == [0])
            #expect(server.sessions.map(\.end) == [.clientClosed])
            let error = try await #require(throws: SMTPError.self) { try await session.noop() }
            #expect(error.code == .closed)
        }
    }

    @Test(
        "smtplib.SMTP_SSL is a server without a mode, and smtps in a URL",
        arguments: [("smtps://mx.example", 465), ("smtps://mx.example:4650", 4650)]
    )
    func implicitTLS(url: String, port: Int) throws {
        let server = try SMTPServer(url: url)
        #expect(server == (try SMTPServer(host: "mx.example", port: port)))
        #expect(server.tls == .implicit)
        #expect(server.endpoint == .host("mx.example", port: port))
    }

    @Test("smtplib.starttls is what a URL of smtp asks for: nobody sends in clear by leaving something out")
    func startTLS() async throws {
        try await SMTPTestServer.withServer(.init(extensions: [])) { server in
            let url = "smtp://\(server.host):\(server.port)"
            let error = try await #require(throws: SMTPError.self) {
                try await SMTPSession.withSession(to: try SMTPServer(url: url)) { _ in }
            }
            #expect(error.code == .startTLSUnavailable)
            try await SMTPSession.withSession(to: try SMTPServer(url: url + "?tls=none")) { session in
                #expect(await !session.offers(.startTLS))
            }
            #expect(server.sessions.map { $0.commands.count } == [1, 2])
        }
    }
}
