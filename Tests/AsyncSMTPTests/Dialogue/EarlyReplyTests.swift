import NIOCore
import SMTPCore
import Testing

@testable import AsyncSMTP

@Suite("Dialogue: replies that come early, or are not the usual ones", .timeLimit(.minutes(20)))
struct EarlyReplyTests {
    @Test(
        "Q46 a reply that comes while content is written is the error, though the connection goes",
        arguments: [0, 1, 2]
    )
    func earlyReply(ending: Int) async throws {
        try await withPeer { peer in
            let source = ContentSource()
            let task = try await peer.beginSend(source)
            try await peer.answerEnvelope()
            try await peer.setWritable(false)
            source.give("Subject: x\r\n\r\n")
            source.give("one\r\n")
            try await peer.expect("Subject: x\r\n\r\n")
            try await peer.send("552 5.3.4 message too big\r\n")
            switch ending {
            case 0: try await peer.close()
            case 1: try await peer.fail()
            default: try await peer.setWritable(true)
            }
            source.end()
            let error = try await peer.error(of: task)
            #expect(error.code == .dataRefused)
            #expect(error.reply?.enhancedStatus == EnhancedStatusCode(5, 3, 4))
            #expect(error.acceptance == .refusedPermanently)
            #expect(error.recipients.map(\.disposition) == [.refusedPermanently])
            #expect(try await peer.takeEverything().isEmpty)
            #expect(await !peer.isOpen)
        }
    }

    @Test("Q50 250 in answer to DATA is an error, and nothing of the content is sent")
    func strictCompletion() async throws {
        try await withPeer { peer in
            let task = try await peer.beginSend()
            try await peer.answer("MAIL FROM:<a@client.example>", with: "250 ok")
            try await peer.answer("RCPT TO:<b@x.example>", with: "250 ok")
            try await peer.answer("DATA", with: "250 go on")
            let error = try await peer.error(of: task)
            #expect(error.code == .unexpectedReply)
            #expect(error.stage == .data)
            #expect(error.acceptance == .notAccepted)
            try await peer.expectSilence()
            #expect(await !peer.isOpen)
        }
    }

    @Test(
        "Q46 Q43 a reply that comes before the first block of content is the error as well",
        arguments: [0, 1]
    )
    func beforeFirstBlock(pieces: Int) async throws {
        try await withPeer { peer in
            let source = ContentSource()
            let task = try await peer.beginSend(source)
            try await peer.answerEnvelope()
            for _ in 0..<pieces { source.give("Subject: x\r\n\r\n") }
            await peer.settle()
            try await peer.send("451 4.4.2 Timeout waiting for data from client.\r\n")
            try await peer.close()
            source.give("one\r\n")
            source.give("two\r\n")
            source.end()
            let error = try await peer.error(of: task)
            #expect(error.code == .dataRefused)
            #expect(error.reply?.enhancedStatus == EnhancedStatusCode(4, 4, 2))
            #expect(error.acceptance == .refusedTemporarily)
        }
    }

    @Test("Q44 421 instead of content ends the transaction for all recipients")
    func closingBeforeFirstBlock() async throws {
        try await withPeer { peer in
            let source = ContentSource()
            let task = try await peer.beginSend(source)
            try await peer.answerEnvelope()
            try await peer.send("421 4.4.2 timeout\r\n")
            try await peer.close()
            source.give("one\r\n")
            source.give("two\r\n")
            source.end()
            let error = try await peer.error(of: task)
            #expect(error.code == .serverClosing)
            #expect(error.acceptance == .refusedTemporarily)
            #expect(error.recipients.map(\.disposition) == [.refusedTemporarily])
        }
    }

    @Test("Q46 final replies of LMTP that come inside the content are told for every recipient")
    func lmtp() async throws {
        let recipients = ["b@x.example", "c@x.example"]
        try await withPeer(server: .lmtp) { peer in
            let source = ContentSource()
            let task = try await peer.beginSend(source, to: recipients)
            try await peer.answerEnvelope(recipients: recipients)
            try await peer.setWritable(false)
            source.give("Subject: x\r\n\r\n")
            source.give("one\r\n")
            await peer.settle()
            try await peer.send("552 5.3.4 too big\r\n552 5.3.4 too big\r\n")
            try await peer.setWritable(true)
            source.end()
            let error = try await peer.error(of: task)
            #expect(error.code == .dataRefused)
            #expect(error.recipients.map(\.disposition) == [.refusedPermanently, .refusedPermanently])
        }
    }

    @Test(
        "Q50 with the option 250 in answer to DATA is taken for 354, any other 2yz is not",
        arguments: [250, 251]
    )
    func lenientCompletion(code: Int) async throws {
        try await withPeer(configure: { $0.sending.acceptsCompletionForData = true }) { peer in
            let task = try await peer.beginSend()
            try await peer.answer("MAIL FROM:<a@client.example>", with: "250 ok")
            try await peer.answer("RCPT TO:<b@x.example>", with: "250 ok")
            try await peer.answer("DATA", with: "\(code) go on")
            if code == 250 {
                try await peer.answer(shortMessage + ".", with: "250 queued")
                #expect(try await task.value.accepted.count == 1)
            } else {
                #expect(try await peer.error(of: task).code == .unexpectedReply)
                try await peer.expectSilence()
            }
        }
    }
}
