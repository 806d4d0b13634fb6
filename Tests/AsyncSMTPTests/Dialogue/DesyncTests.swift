import NIOCore
import SMTPCore
import Testing

@testable import AsyncSMTP

@Suite("Dialogue: out of step", .timeLimit(.minutes(20)))
struct DesyncTests {
    @Test("S-E5 E5.1 a second reply to MAIL is never taken for the reply to RCPT")
    func secondReply() async throws {
        try await withPeer { peer in
            let task = try await peer.beginSend()
            try await peer.answer("MAIL FROM:<a@client.example>", with: "250 ok\r\n250 ok")
            let error = try await peer.error(of: task)
            #expect(error.code == .unsolicitedData)
            #expect(error.acceptance == .notAccepted)
            #expect(error.recipients.map(\.disposition) == [.notAccepted])
            #expect(await !peer.isOpen)
            #expect(try await peer.takeEverything().isEmpty)
        }
    }

    @Test(
        "S-E5 E5.1 the same command by command, the second reply in pieces",
        arguments: ["250 ok\r\n", "25", "2"]
    )
    func secondReplyByCommand(octets: String) async throws {
        try await withPeer { peer in
            let mail = await peer.begin { try await $0.mail(from: .null) }
            try await peer.answer("MAIL FROM:<>", with: "250 ok")
            #expect(try await mail.value.code == .ok)
            try await peer.send(octets)
            let rcpt = await peer.begin { try await $0.rcpt(to: .postmaster) }
            #expect(try await peer.error(of: rcpt).code == .unsolicitedData)
            #expect(await !peer.isOpen)
        }
    }

    @Test("S-E6 E6.1 a task cancelled while it waits for the reply to RCPT closes the connection")
    func cancelled() async throws {
        try await withPeer { peer in
            let task = try await peer.beginSend()
            try await peer.answer("MAIL FROM:<a@client.example>", with: "250 ok")
            try await peer.expect("RCPT TO:<b@x.example>\r\n")
            task.cancel()
            await peer.settle()
            let error = try await peer.error(of: task)
            #expect(error.code == .cancelled)
            #expect(error.stage == .rcpt)
            #expect(error.acceptance == .notAccepted)
            #expect(await !peer.isOpen)
            #expect(await !peer.session.isReusable)
            // The reply that comes late finds nobody.
            try await peer.send("250 ok\r\n")
            let next = await peer.begin { try await $0.noop() }
            #expect(try await peer.error(of: next).code == .cancelled)
            #expect(try await peer.takeEverything().isEmpty)
        }
    }

    @Test("S-E6 a reply that comes after its time finds nobody")
    func timedOut() async throws {
        try await withPeer { peer in
            let task = await peer.begin { try await $0.noop() }
            try await peer.expect("NOOP\r\n")
            try await peer.expectTimeout(after: .seconds(300))
            #expect(try await peer.error(of: task).code == .timedOut)
            try await peer.send("250 ok\r\n")
            let next = await peer.begin { try await $0.verify("b") }
            #expect(try await peer.error(of: next).code == .timedOut)
        }
    }

    @Test("S-E6 E6.2 a task cancelled inside the content sends no terminator", arguments: [0, 1, 2])
    func cancelledInContent(piecesBefore: Int) async throws {
        try await withPeer { peer in
            let source = ContentSource()
            let task = try await peer.beginSend(source)
            try await peer.answerEnvelope()
            for number in 0..<piecesBefore { source.give("Field\(number): x\r\n") }
            await peer.settle()
            task.cancel()
            await peer.settle()
            let error = try await peer.error(of: task)
            #expect(error.code == .cancelled)
            #expect(error.stage == .content)
            #expect(error.acceptance == .notAccepted)
            #expect(try await !peer.takeEverything().contains(".\r\n"))
            #expect(await !peer.isOpen)
        }
    }

    @Test("S-E6 E6.2 a task cancelled while it waits for room sends no terminator")
    func cancelledWaitingForRoom() async throws {
        try await withPeer { peer in
            let source = ContentSource()
            let task = try await peer.beginSend(source)
            try await peer.answerEnvelope()
            try await peer.setWritable(false)
            for text in ["Subject: x\r\n\r\n", "one\r\n"] { source.give(text) }
            source.end()
            try await peer.expect("Subject: x\r\n\r\n")
            task.cancel()
            let error = try await peer.error(of: task)
            #expect(error.code == .cancelled)
            #expect(error.acceptance == .notAccepted)
            #expect(try await peer.takeEverything().isEmpty)
        }
    }

    @Test(
        "S-E6 E6.3 a source that fails inside the content: no terminator, its error reported",
        arguments: [0, 1, 2]
    )
    func sourceFails(piecesBefore: Int) async throws {
        try await withPeer { peer in
            let source = ContentSource()
            let task = try await peer.beginSend(source)
            try await peer.answerEnvelope()
            for number in 0..<piecesBefore { source.give("Field\(number): x\r\n") }
            source.fail()
            let error = try await peer.error(of: task)
            #expect(error.code == .contentSourceFailed)
            #expect(error.underlying is ContentSource.Fault)
            #expect(error.acceptance == .notAccepted)
            #expect(error.recipients.map(\.disposition) == [.notAccepted])
            #expect(try await !peer.takeEverything().contains(".\r\n"))
            #expect(await !peer.isOpen)
        }
    }

    @Test("S-E6 E6.3 the same with BDAT: no last chunk")
    func sourceFailsChunking() async throws {
        try await withPeer(
            .offered(["CHUNKING", "PIPELINING"]),
            configure: { $0.sending.usesChunking = true }
        ) { peer in
            let source = ContentSource()
            let task = try await peer.beginSend(source)
            source.give("Subject: x\r\n\r\n")
            source.fail()
            #expect(try await peer.error(of: task).code == .contentSourceFailed)
            #expect(try await !peer.takeEverything().contains("LAST"))
            #expect(await !peer.isOpen)
        }
    }

    @Test("content that must not be sent is found before MAIL, or ends the connection without a terminator")
    func badContent() async throws {
        try await withPeer { peer in
            let early = try await peer.beginSend(.text("Subject: x\r\n\r\na\0b\r\n"))
            #expect(try await peer.error(of: early).code == .invalidMessage)
            try await peer.expectSilence()
            #expect(await peer.isOpen)

            let source = ContentSource()
            let task = try await peer.beginSend(source)
            try await peer.answerEnvelope()
            source.give("Subject: x\r\n\r\na\0b\r\n")
            source.end()
            let error = try await peer.error(of: task)
            #expect(error.code == .invalidMessage)
            #expect(error.acceptance == .notAccepted)
            #expect(try await peer.takeEverything().isEmpty)
            #expect(await !peer.isOpen)
        }
    }
}
