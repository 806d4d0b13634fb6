import SMTPCore
import Testing

@testable import AsyncSMTP

@Suite("Dialogue: a server that closes", .timeLimit(.minutes(20)))
struct ClosingTests {
    private static let recipients = ["b@x.example", "c@x.example"]
    private static let closing = "421 4.3.2 shutting down"

    /// The dialogue of a message, and how it goes until 421 comes in answer to command `index`.
    private func refuse(at index: Int, _ peer: Peer) async throws -> SMTPError {
        let task = try await peer.beginSend(to: Self.recipients)
        let commands = [
            ("MAIL FROM:<a@client.example>", "250 ok"), ("RCPT TO:<b@x.example>", "250 ok"),
            ("RCPT TO:<c@x.example>", "250 ok"), ("DATA", "354 go"), (shortMessage + ".", "250 queued"),
        ]
        for (position, (command, reply)) in commands.prefix(index + 1).enumerated() {
            try await peer.answer(command, with: position == index ? Self.closing : reply)
        }
        return try await peer.error(of: task)
    }

    @Test(
        "Q44 421 in answer to any command of a transaction ends it: closed without RSET and QUIT, reported",
        arguments: zip(0..<5, [Stage.mail, .rcpt, .rcpt, .data, .finalReply])
    )
    func anyCommand(index: Int, stage: Stage) async throws {
        try await withPeer { peer in
            let error = try await self.refuse(at: index, peer)
            #expect(error.code == .serverClosing)
            #expect(error.stage == stage)
            #expect(error.reply?.code == .serviceNotAvailable)
            #expect(error.acceptance == .refusedTemporarily)
            #expect(error.retryAdvice == .retryOnNewConnection)
            try await peer.expectSilence()
            #expect(await !peer.isOpen)
            #expect(try await peer.begin { await $0.quit() }.value == nil)
            try await peer.expectSilence()
        }
    }

    @Test("Q44 421 to the second RCPT is told for each recipient")
    func recipients() async throws {
        try await withPeer { peer in
            let error = try await self.refuse(at: 2, peer)
            #expect(error.recipients.map { "\($0.recipient)" } == ["<b@x.example>", "<c@x.example>"])
            #expect(error.recipients.map(\.disposition) == [.refusedTemporarily, .refusedTemporarily])
            #expect(error.recipients.map(\.code) == [.serviceNotAvailable, .serviceNotAvailable])
        }
    }

    @Test("Q44 421 in the middle of a group ends the transaction, whatever else the group would get")
    func insideGroup() async throws {
        try await withPeer(.offered(["PIPELINING"])) { peer in
            let task = try await peer.beginSend(to: Self.recipients)
            #expect(try await peer.takeSegment()?.hasSuffix("DATA\r\n") == true)
            try await peer.send("250 ok\r\n250 ok\r\n\(Self.closing)\r\n")
            let error = try await peer.error(of: task)
            #expect(error.code == .serverClosing)
            #expect(error.stage == .rcpt)
            try await peer.expectSilence()
            #expect(await !peer.isOpen)
        }
    }

    @Test(
        "Q44 421 in answer to any other command closes the connection",
        arguments: ["NOOP", "RSET", "VRFY b", "EHLO client.example"]
    )
    func otherCommand(command: String) async throws {
        try await withPeer { peer in
            let task = await peer.begin { session in
                switch command {
                case "NOOP": try await session.noop()
                case "RSET": try await session.reset()
                case "VRFY b": try await session.verify("b")
                default: try await session.ehlo()
                }
            }
            try await peer.answer(command, with: Self.closing)
            #expect(try await task.value.code == .serviceNotAvailable)
            #expect(await !peer.isOpen)
            try await peer.expectSilence()
        }
    }

    @Test(
        "Q41 R5321-3.8-1 a 421 that came while the session was idle is found before a command is written"
    )
    func idle() async throws {
        try await withPeer { peer in
            #expect(await peer.session.isReusable)
            try await peer.send("421 4.4.2 timeout\r\n")
            try await peer.close()
            #expect(await !peer.session.isReusable)
            let task = try await peer.beginSend()
            let error = try await peer.error(of: task)
            #expect(error.code == .serverClosing)
            #expect(error.reply?.text == "timeout")
            #expect(error.acceptance == .refusedTemporarily)
            #expect(error.retryAdvice == .retryOnNewConnection)
            #expect(try await peer.takeEverything().isEmpty)
        }
    }

    @Test(
        "Q41 an end of the stream that came while the session was idle is found before a command is written"
    )
    func idleEnd() async throws {
        try await withPeer { peer in
            try await peer.close()
            #expect(await !peer.session.isReusable)
            let task = try await peer.beginSend()
            let error = try await peer.error(of: task)
            #expect(error.acceptance == .notAccepted)
            #expect(error.retryAdvice == .retryOnNewConnection)
        }
    }

    @Test("Q45 the reply that came right before the end is reported", arguments: [false, true])
    func replyAndEnd(isReset: Bool) async throws {
        try await withPeer { peer in
            let task = try await peer.beginSend()
            try await peer.expect("MAIL FROM:<a@client.example>\r\n")
            try await peer.send("554 5.7.1 not from you")
            try await peer.send("\r\n")
            if isReset { try await peer.fail() } else { try await peer.close() }
            let error = try await peer.error(of: task)
            #expect(error.code == .senderRefused)
            #expect(error.reply?.text == "not from you")
            #expect(error.acceptance == .refusedPermanently)
        }
    }
}
