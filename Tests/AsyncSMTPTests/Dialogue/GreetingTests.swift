import NIOCore
import SMTPCore
import Testing

@testable import AsyncSMTP

@Suite("Dialogue: the greeting", .timeLimit(.minutes(20)))
struct GreetingTests {
    @Test(
        "R5321-3.1-1 Q14 Q25 nothing is written before the last line of the greeting",
        arguments: [
            ["220 mx.example\r\n"],
            ["220-a\r\n", "220 b\r\n"],
            ["220-a\r\n220-b\r\n", "220", " c\r", "\n"],
            ["220-mx.example ESMTP\r\n", "220-\r\n", "220 \r\n"],
            ["220-a\r\n", "220-b\r\n", "220\r\n"],
        ]
    )
    func waits(segments: [String]) async throws {
        try await withPeer(.connected) { peer in
            let task = await peer.begin { session in
                try await session.takeGreeting()
                try await session.hello()
            }
            for segment in segments {
                try await peer.expectSilence()
                try await peer.send(segment)
            }
            try await peer.answer("EHLO client.example", with: "250 mx.example")
            try await task.value
            #expect(await peer.session.greeting?.rawLines.count == segments.joined().count { $0 == "\r\n" })
        }
    }

    @Test("Q24 a greeting that comes after almost five minutes is taken, and nothing is said before it")
    func late() async throws {
        try await withPeer(.connected) { peer in
            let task = await peer.begin { session in
                try await session.takeGreeting()
                try await session.hello()
            }
            await peer.advance(.seconds(299))
            try await peer.expectSilence()
            try await peer.send("220 mx.example\r\n")
            try await peer.answer("EHLO client.example", with: "250 mx.example")
            try await task.value
        }
    }

    @Test(
        "R5321-3.1-3 the text of the greeting means nothing",
        arguments: [
            "", " ", " mx.example", " mx.example ESMTP", " SMTP only, no EHLO", " 8BITMIME PIPELINING",
        ]
    )
    func text(text: String) async throws {
        try await withPeer(.connected) { peer in
            let task = await peer.begin { session in
                try await session.takeGreeting()
                try await session.hello()
            }
            try await peer.send("220\(text)\r\n")
            #expect(await peer.session.extensions == .none)
            try await peer.answer("EHLO client.example", with: "250 mx.example")
            try await task.value
        }
    }

    @Test("S-C9 C9.1 a greeting with a success behind it authenticates nobody and ends the session")
    func greetingAndSuccess() async throws {
        try await withPeer(.connected) { peer in
            let task = await peer.begin { session in
                try await session.takeGreeting()
                try await session.hello()
            }
            try await peer.send("220 x\r\n235 2.7.0 ok\r\n")
            let error = try await peer.error(of: task)
            #expect(error.code == .unsolicitedData)
            #expect(await !peer.session.isAuthenticated)
            #expect(await !peer.isOpen)
            #expect(try await peer.takeEverything().isEmpty)
        }
    }
}
