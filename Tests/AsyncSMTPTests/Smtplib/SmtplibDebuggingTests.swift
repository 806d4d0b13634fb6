import AsyncSMTP
import SMTPTestServer
import Synchronization
import Testing

@Suite("smtplib: debugging")
struct SmtplibDebuggingTests {
    /// Lines of a transcript.
    final class Lines: Sendable {
        private let lines = Mutex<[String]>([])

        var all: [String] { self.lines.withLock { $0 } }

        func append(_ line: String) {
            self.lines.withLock { $0.append(line) }
        }
    }

    @Test("smtplib.set_debuglevel 1 shows what both sides say, content left out", .inClear)
    func dialogue() async throws {
        let lines = Lines()
        let configure: (inout SMTPConfiguration) -> Void = {
            $0.transcript = .lines { lines.append($0) }
            // A busy machine must not take the place of a silent server.
            $0.timeouts.quit = .seconds(300)
        }
        try await Loopback.withSession(.init(extensions: ["SIZE 1000"]), configure: configure) { _, session in
            try await session.send(Letter.content, envelope: Letter.envelope())
            await session.quit()
        }
        let expected = [
            "S: 220 mx.test.example ESMTP ready", "C: EHLO client.example",
            "S: 250-mx.test.example greets you", "S: 250 SIZE 1000",
            "C: MAIL FROM:<ann@example.org> SIZE=\(Letter.text.utf8.count)", "S: 250 Sender ok",
            "C: RCPT TO:<bob@example.net>", "S: 250 Recipient ok", "C: DATA",
            "S: 354 End data with <CR><LF>.<CR><LF>", "C: [\(Letter.text.utf8.count) octets of content]",
            "S: 250 Ok: queued as S0M1", "C: QUIT", "S: 221 Bye",
        ]
        #expect(lines.all.filter { !$0.hasPrefix("-- ") } == expected)
        #expect(lines.all.first?.hasPrefix("-- connected to smtp://") == true)
    }

    @Test("smtplib.set_debuglevel 2 adds the time")
    func timed() async throws {
        let lines = Lines()
        let configure: (inout SMTPConfiguration) -> Void = {
            $0.transcript = .lines(level: .timed) { lines.append($0) }
        }
        try await Loopback.withSession(configure: configure) { _, session in
            try await session.noop()
        }
        #expect(lines.all.count >= 4)
        #expect(lines.all.allSatisfy { $0.wholeMatch(of: /\d+\.\d{3} (C:|S:|--) .*/) != nil })
    }

    @Test("smtplib.set_debuglevel can change at any time, and be off")
    func change() async throws {
        let lines = Lines()
        try await Loopback.withSession { _, session in
            try await session.noop("unheard")
            await session.setTranscript(.lines { lines.append($0) })
            try await session.noop("heard")
            await session.setTranscript(nil)
            try await session.noop("unheard again")
        }
        #expect(lines.all == ["C: NOOP heard", "S: 250 2.0.0 Ok"])
    }

    @Test("smtplib.set_debuglevel prints passwords, a transcript does not", arguments: ["PLAIN", "LOGIN"])
    func redaction(mechanism: String) async throws {
        let lines = Lines()
        let configure: (inout SMTPConfiguration) -> Void = {
            $0.transcript = .lines { lines.append($0) }
            $0.allowsPlaintextAuthentication = true
        }
        let server = SMTPTestServer.Configuration(
            extensions: ["AUTH \(mechanism)"],
            users: ["ann": "correct horse"]
        )
        try await Loopback.withSession(server, configure: configure) { _, session in
            try await session.logIn(Credentials(username: "ann", password: "correct horse"))
            try await session.noop("visible")
        }
        let text = lines.all.joined(separator: "\n")
        // The password by itself and as it goes out, alone and inside the message of PLAIN.
        for secret in ["correct horse", "Y29ycmVjdCBob3JzZQ==", "AGFubgBjb3JyZWN0IGhvcnNl", "YW5u"] {
            #expect(!text.contains(secret))
        }
        #expect(text.contains("C: [redacted"))
        #expect(text.contains("C: NOOP visible"))
    }
}
