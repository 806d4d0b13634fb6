import NIOCore
import SMTPCore
import Testing

@testable import AsyncSMTP

@Suite("Dialogue: what is known about a message", .timeLimit(.minutes(20)))
struct OutcomeTests {
    /// How a connection is lost.
    enum Loss: CaseIterable {
        case closed, failed, timedOut, cancelled

        func happen(to peer: Peer, _ task: Task<SendReceipt, any Error>) async throws {
            switch self {
            case .closed: try await peer.close()
            case .failed: try await peer.fail()
            case .timedOut: await peer.advance(.hours(1))
            case .cancelled: task.cancel()
            }
            await peer.settle()
        }

        var code: SMTPError.Code {
            switch self {
            case .closed, .failed: .disconnected
            case .timedOut: .timedOut
            case .cancelled: .cancelled
            }
        }
    }

    // MARK: After the last octet

    @Test(
        "S-E8 E8.1 R5321-6.1-1 lost between terminator and final reply: not known, not to be repeated",
        arguments: Loss.allCases
    )
    func afterTerminator(loss: Loss) async throws {
        try await withPeer { peer in
            let task = try await peer.beginSend()
            try await peer.answerEnvelope()
            try await peer.expect(shortMessage + ".\r\n")
            try await loss.happen(to: peer, task)
            let error = try await peer.error(of: task)
            #expect(error.code == loss.code)
            #expect(error.stage == .finalReply)
            #expect(error.acceptance == .unknown)
            #expect(error.retryAdvice == .mayDuplicate)
            #expect(error.recipients.map(\.disposition) == [.unknown])
            #expect(await !peer.isOpen)
        }
    }

    @Test(
        "S-E8 E8.1 lost while the terminator was still on this side: not accepted",
        arguments: Loss.allCases
    )
    func terminatorNotDelivered(loss: Loss) async throws {
        try await withPeer { peer in
            let task = try await peer.beginSend()
            try await peer.answer("MAIL FROM:<a@client.example>", with: "250 ok")
            try await peer.answer("RCPT TO:<b@x.example>", with: "250 ok")
            try await peer.expect("DATA\r\n")
            try await peer.stick()
            try await peer.send("354 go\r\n")
            try await peer.expectSilence()
            try await loss.happen(to: peer, task)
            let error = try await peer.error(of: task)
            #expect(error.acceptance == .notAccepted)
            #expect(error.retryAdvice == .retryOnNewConnection)
            #expect(error.recipients.map(\.disposition) == [.notAccepted])
            #expect(try await peer.takeEverything().isEmpty)
        }
    }

    @Test(
        "S-E8 E8.1 lost before the terminator: not accepted, and no terminator is sent",
        arguments: Loss.allCases
    )
    func beforeTerminator(loss: Loss) async throws {
        try await withPeer { peer in
            let source = ContentSource()
            let task = try await peer.beginSend(source)
            try await peer.answerEnvelope()
            for text in ["Subject: x\r\n\r\n", "one\r\n", "two\r\n"] { source.give(text) }
            try await peer.setWritable(false)
            source.give("three\r\n")
            await peer.settle()
            try await loss.happen(to: peer, task)
            source.end()
            let error = try await peer.error(of: task)
            #expect(error.acceptance == .notAccepted)
            #expect(try await !peer.takeEverything().contains("\r\n.\r\n"))
            #expect(await !peer.isOpen)
        }
    }

    @Test("S-E8 E8.1 the same with BDAT", arguments: Loss.allCases)
    func chunking(loss: Loss) async throws {
        try await withPeer(.offered(["CHUNKING"]), configure: { $0.sending.usesChunking = true }) { peer in
            let task = try await peer.beginSend()
            try await peer.answer("MAIL FROM:<a@client.example>", with: "250 ok")
            try await peer.answer("RCPT TO:<b@x.example>", with: "250 ok")
            try await peer.expect("BDAT \(shortMessage.utf8.count) LAST\r\n" + shortMessage)
            try await loss.happen(to: peer, task)
            let error = try await peer.error(of: task)
            #expect(error.acceptance == .unknown)
            #expect(error.retryAdvice == .mayDuplicate)
        }
    }

    @Test("R5321-6.1-1 Q43 a refusal of the content for now is a refusal, and nothing unknown")
    func temporaryRefusal() async throws {
        try await withPeer { peer in
            let task = try await peer.beginSend()
            try await peer.answerMessage(with: "451 4.4.2 Timeout waiting for data from client.")
            let error = try await peer.error(of: task)
            #expect(error.code == .dataRefused)
            #expect(error.acceptance == .refusedTemporarily)
            #expect(error.reply?.enhancedStatus == EnhancedStatusCode(4, 4, 2))
            #expect(error.recipients.map(\.disposition) == [.refusedTemporarily])
        }
    }

    // MARK: Before the content

    @Test(
        "R5321-3.8-2 lost before the content: nothing was accepted, and the message may go out again",
        arguments: Loss.allCases,
        0...2
    )
    func beforeContent(loss: Loss, answered: Int) async throws {
        try await withPeer { peer in
            let task = try await peer.beginSend()
            let commands = ["MAIL FROM:<a@client.example>", "RCPT TO:<b@x.example>", "DATA"]
            for command in commands.prefix(answered) { try await peer.answer(command, with: "250 ok") }
            try await peer.expect(commands[answered] + "\r\n")
            try await loss.happen(to: peer, task)
            let error = try await peer.error(of: task)
            #expect(error.code == loss.code)
            #expect(error.stage == [.mail, .rcpt, .data][answered])
            #expect(error.acceptance == .notAccepted)
            #expect(error.retryAdvice == .retryOnNewConnection)
            #expect(error.recipients.map(\.disposition) == [.notAccepted])
        }
    }

    @Test(
        "R5321-3.8-2 what an earlier transaction of the message reached stays accepted",
        arguments: Loss.allCases
    )
    func secondTransaction(loss: Loss) async throws {
        try await withPeer(.offered(["LIMITS RCPTMAX=1"])) { peer in
            let task = try await peer.beginSend(to: ["b@x.example", "c@x.example"])
            try await peer.answerMessage()
            try await peer.expect("MAIL FROM:<a@client.example>\r\n")
            try await loss.happen(to: peer, task)
            let error = try await peer.error(of: task)
            #expect(error.acceptance == .partly)
            #expect(error.retryAdvice == .mayDuplicate)
            #expect(error.recipients.map(\.disposition) == [.accepted, .notAccepted])
        }
    }

    // MARK: LMTP

    @Test(
        "R2033-5 lost after some of the final replies: those recipients are known, the rest is not",
        arguments: 0...2
    )
    func lmtp(count: Int) async throws {
        let recipients = ["b@x.example", "c@x.example", "d@x.example"]
        try await withPeer(server: .lmtp) { peer in
            let task = try await peer.beginSend(to: recipients)
            try await peer.answerEnvelope(recipients: recipients)
            try await peer.expect(shortMessage + ".\r\n")
            let replies = ["250 b", "452 4.2.2 c full", "250 d"]
            for reply in replies.prefix(count) { try await peer.send(reply + "\r\n") }
            try await peer.close()
            let error = try await peer.error(of: task)
            let known: [RecipientOutcome.Disposition] = [.accepted, .refusedTemporarily]
            #expect(
                error.recipients.map(\.disposition) == known.prefix(count)
                    + Array(repeating: .unknown, count: 3 - count)
            )
            #expect(
                error.recipients.prefix(count).map { $0.reply.map { "\($0)" } }
                    == replies.prefix(count).map { $0 }
            )
            #expect(error.acceptance == .unknown)
            #expect(error.code == .disconnected)
        }
    }

    @Test("R2033-5 each recipient of LMTP has its own outcome")
    func lmtpOutcomes() async throws {
        let recipients = ["b@x.example", "c@x.example", "d@x.example"]
        try await withPeer(server: .lmtp) { peer in
            let task = try await peer.beginSend(to: recipients)
            try await peer.answer("MAIL FROM:<a@client.example>", with: "250 ok")
            try await peer.answer("RCPT TO:<b@x.example>", with: "250 ok")
            try await peer.answer("RCPT TO:<c@x.example>", with: "550 5.1.1 unknown")
            try await peer.answer("RCPT TO:<d@x.example>", with: "250 ok")
            try await peer.answer("DATA", with: "354 go")
            try await peer.answer(shortMessage + ".", with: "452 4.2.2 full\r\n250 2.0.0 saved")
            let receipt = try await task.value
            #expect(
                receipt.recipients.map(\.disposition) == [
                    .refusedTemporarily, .refusedPermanently, .accepted,
                ]
            )
            #expect(receipt.recipients.map(\.stage) == [.finalReply, .rcpt, .finalReply])
        }
    }

    @Test("R2033-5 the same command by command: lost after some of the final replies of LMTP")
    func lmtpByCommand() async throws {
        try await withPeer(server: .lmtp) { peer in
            let mail = await peer.begin { try await $0.mail(from: .null) }
            try await peer.answer("MAIL FROM:<>", with: "250 ok")
            _ = try await mail.value
            for name in ["b", "c"] {
                let path = try ForwardPath("\(name)@x.example")
                let rcpt = await peer.begin { try await $0.rcpt(to: path) }
                try await peer.answer("RCPT TO:<\(name)@x.example>", with: "250 ok")
                _ = try await rcpt.value
            }
            let data = await peer.begin { try await $0.data(.text(shortMessage)) }
            try await peer.answer("DATA", with: "354 go")
            try await peer.answer(shortMessage + ".", with: "250 saved")
            try await peer.close()
            let error = try await peer.error(of: data)
            #expect(error.acceptance == .unknown)
            #expect(error.recipients.map(\.disposition) == [.accepted, .unknown])
        }
    }
}
