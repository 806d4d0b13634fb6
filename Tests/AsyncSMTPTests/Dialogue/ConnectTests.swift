import SMTPCore
import Testing

@testable import AsyncSMTP

@Suite("Dialogue: connecting", .timeLimit(.minutes(20)))
struct ConnectTests {
    private static func with(_ timeouts: Timeouts, _ configuration: SMTPConfiguration) -> SMTPConfiguration {
        var configuration = configuration
        configuration.timeouts = timeouts
        return configuration
    }

    @Test(
        "R5321-3.1-2 a greeting that is not 220 is an error; QUIT is sent and its reply awaited",
        arguments: [
            "554 5.3.2 no", "521 5.3.2 never", "550-no\r\n550 never", "450 4.3.2 later", "250 ok", "354 go",
        ]
    )
    func refused(greeting: String) async throws {
        let received = try await LoopbackPeer.run { server in
            try await server.send(greeting + "\r\n")
            try await server.read(until: "QUIT\r\n")
            try await server.send("221 bye\r\n")
            try await server.readToEnd()
        } client: { server, configuration in
            let error = await #expect(throws: SMTPError.self) {
                try await SMTPSession.connect(to: server, configuration: configuration)
            }
            #expect(error?.code == .greetingRefused)
            #expect(error?.reply?.code.value == Int(greeting.prefix(3)))
            let acceptance: Acceptance =
                switch greeting.first {
                case "5": .refusedPermanently
                case "4": .refusedTemporarily
                default: .notAccepted
                }
            #expect(error?.acceptance == acceptance)
        }
        #expect(received == "QUIT\r\n")
    }

    @Test("R5321-3.1-2 R5321-3.8-1 a greeting of 421 is temporary, and nothing is said to it")
    func closing() async throws {
        let received = try await LoopbackPeer.run { server in
            try await server.send("421 4.3.2 busy\r\n")
            try await server.readToEnd()
        } client: { server, configuration in
            let error = await #expect(throws: SMTPError.self) {
                try await SMTPSession.connect(to: server, configuration: configuration)
            }
            #expect(error?.code == .greetingRefused)
            #expect(error?.acceptance == .refusedTemporarily)
        }
        #expect(received == "")
    }

    @Test("R5321-4.5.3.2-1 of all times it is that of the greeting which ends the wait for it")
    func greetingTimeout() async throws {
        let received = try await LoopbackPeer.run { server in
            try await server.readToEnd()
        } client: { server, configuration in
            var timeouts = Timeouts(all: .seconds(3600))
            timeouts.greeting = .milliseconds(1)
            let impatient = Self.with(timeouts, configuration)
            let error = await #expect(throws: SMTPError.self) {
                try await SMTPSession.connect(to: server, configuration: impatient)
            }
            #expect(error?.code == .timedOut)
            #expect(error?.stage == .greeting)
        }
        #expect(received == "")
    }

    @Test("Q14 R5321-3.1-1 a greeting of several lines is read to its end and kept")
    func longGreeting() async throws {
        let received = try await LoopbackPeer.run { server in
            try await server.send("220-mx.example ESMTP\r\n220-no spam\r\n220 \r\n")
            try await server.read(until: "EHLO client.example\r\n")
            try await server.send("250 mx.example\r\n")
            try await server.read(until: "QUIT\r\n")
            try await server.send("221 bye\r\n")
            try await server.readToEnd()
        } client: { server, configuration in
            try await SMTPSession.withSession(to: server, configuration: configuration) { session in
                #expect(await session.greeting?.lines == ["mx.example ESMTP", "no spam", ""])
            }
        }
        #expect(received == "EHLO client.example\r\nQUIT\r\n")
    }

    @Test("R5321-4.1.1.10-1 a session that ends by an error of the caller says QUIT as well")
    func bodyThrows() async throws {
        struct Failure: Error {}
        let received = try await LoopbackPeer.run { server in
            try await server.send("220 mx.example\r\n")
            try await server.read(until: "EHLO client.example\r\n")
            try await server.send("250 mx.example\r\n")
            try await server.read(until: "QUIT\r\n")
            try await server.send("221 bye\r\n")
            try await server.readToEnd()
        } client: { server, configuration in
            await #expect(throws: Failure.self) {
                try await SMTPSession.withSession(to: server, configuration: configuration) { _ in
                    throw Failure()
                }
            }
        }
        #expect(received == "EHLO client.example\r\nQUIT\r\n")
    }
}
