import NIOCore
import NIOEmbedded
import SASL
import SMTPCore
import Testing

@testable import AsyncSMTP

@Suite("Dialogue: single commands, and waits at the edges", .timeLimit(.minutes(20)))
struct SessionEdgeTests {
    private static let user = Credentials(username: "user", password: "secret")
    private static let plain = "AUTH PLAIN AHVzZXIAc2VjcmV0"

    @Test("R4954-8 AUTH is not sent inside a transaction")
    func authInTransaction() async throws {
        try await withPeer(.offered(["AUTH PLAIN"])) { peer in
            let mail = await peer.begin { try await $0.mail(from: .null) }
            try await peer.answer("MAIL FROM:<>", with: "250 ok")
            _ = try await mail.value
            let login = await peer.begin { try await $0.logIn(Self.user) }
            try await peer.expectSilence()
            login.cancel()
            #expect(try await peer.error(of: login).code == .badSequence)
        }
    }

    @Test("the time for a whole send ends a wait for the turn")
    func deadlineTurn() async throws {
        try await withPeer(configure: { $0.timeouts.send = .seconds(20) }) { peer in
            let noop = await peer.begin { try await $0.noop() }
            let task = try await peer.beginSend()
            try await peer.expect("NOOP\r\n")
            await peer.advance(.seconds(21))
            try await peer.send("250 ok\r\n")
            _ = try await noop.value
            try await peer.expectSilence()
            #expect(try await peer.error(of: task).code == .timedOut)
        }
    }

    @Test("the time for a whole send ends a wait for EHLO")
    func deadlineHello() async throws {
        try await withPeer(.greeted, configure: { $0.timeouts.send = .seconds(20) }) { peer in
            let task = try await peer.beginSend()
            try await peer.expect("EHLO client.example\r\n")
            try await peer.expectTimeout(after: .seconds(20))
            task.cancel()
        }
    }

    @Test("Q46 a reply that comes before the first block of content is the error", arguments: [0, 1])
    func earlyBeforeFirst(pieces: Int) async throws {
        try await withPeer { peer in
            let source = ContentSource()
            let task = try await peer.beginSend(source)
            try await peer.answerEnvelope()
            for _ in 0..<pieces { source.give("Subject: x\r\n\r\n") }
            await peer.settle()
            try await peer.send("451 4.4.2 timeout waiting for data\r\n")
            try await peer.close()
            source.give("one\r\n")
            source.give("two\r\n")
            source.end()
            let error = try await peer.error(of: task)
            #expect(error.code == .dataRefused)
            #expect(error.reply?.code.value == 451)
        }
    }

    @Test("an EHLO that is refused resets nothing: RSET still goes first")
    func refusedEHLO() async throws {
        try await withPeer { peer in
            let first = try await peer.beginSend()
            try await peer.answer("MAIL FROM:<a@client.example>", with: "250 ok")
            try await peer.answer("RCPT TO:<b@x.example>", with: "550 5.1.1 unknown")
            _ = await first.result
            let ehlo = await peer.begin { try await $0.ehlo() }
            try await peer.answer("EHLO client.example", with: "501 no")
            _ = try await ehlo.value
            let second = try await peer.beginSend()
            try await peer.answer("EHLO client.example", with: "501 no")
            try await peer.answer("HELO client.example", with: "501 no")
            _ = await second.result
            #expect(await peer.session.needsReset)
        }
    }

    @Test("MAIL of the caller after a failed transaction is preceded by RSET")
    func manualAfterFailed() async throws {
        try await withPeer { peer in
            let first = try await peer.beginSend()
            try await peer.answer("MAIL FROM:<a@client.example>", with: "250 ok")
            try await peer.answer("RCPT TO:<b@x.example>", with: "550 5.1.1 unknown")
            _ = await first.result
            let mail = await peer.begin { try await $0.mail(from: .null) }
            try await peer.answer("RSET", with: "250 ok")
            try await peer.answer("MAIL FROM:<>", with: "250 ok")
            _ = await mail.result
        }
    }

    @Test("a task cancelled in the moment it gets its turn harms nothing")
    func cancelAtTurn() async throws {
        try await withPeer { peer in
            let first = await peer.begin { try await $0.noop("1") }
            let second = await peer.begin { try await $0.noop("2") }
            try await peer.expect("NOOP 1\r\n")
            try await peer.deliver(ByteBuffer(string: "250 ok\r\n"))
            second.cancel()
            _ = try await first.value
            #expect(try await peer.error(of: second).code == .cancelled)
            try await peer.expectSilence()
            #expect(await peer.isOpen)
        }
    }

    @Test("data(_:): SMTP without accepted recipients, lost behind the terminator is unknown")
    func manualDataNoRecipients() async throws {
        try await withPeer { peer in
            let data = await peer.begin { try await $0.data(.text(shortMessage)) }
            try await peer.answer("DATA", with: "354 go")
            try await peer.expect(shortMessage + ".\r\n")
            try await peer.close()
            let error = try await peer.error(of: data)
            #expect(error.acceptance == .unknown)
        }
    }

    @Test("recipients named by other commands, lost behind the terminator: unknown")
    func rawRecipients() async throws {
        try await withPeer { peer in
            for (verb, argument) in [("MAIL", "FROM:<>"), ("RCPT", "TO:<b@x.example>")] {
                let task = await peer.begin { try await $0.command(verb, argument) }
                try await peer.answer("\(verb) \(argument)", with: "250 ok")
                _ = try await task.value
            }
            let data = await peer.begin { try await $0.data(.text(shortMessage)) }
            try await peer.answer("DATA", with: "354 go")
            try await peer.expect(shortMessage + ".\r\n")
            try await peer.close()
            #expect(try await peer.error(of: data).acceptance == .unknown)
        }
    }

    @Test("early 421 before the content, slow source")
    func early421() async throws {
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
}
