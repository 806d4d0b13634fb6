import NIOCore
import SMTPCore
import Testing

@testable import AsyncSMTP

@Suite("Dialogue: QUIT, RSET and commands for any time", .timeLimit(.minutes(20)))
struct QuitTests {
    @Test("R5321-4.1.1.10-1 QUIT is sent and its reply awaited before the connection is closed")
    func quit() async throws {
        try await withPeer { peer in
            let task = await peer.begin { await $0.quit() }
            try await peer.answerQuit(with: nil)
            await peer.advance(.seconds(2))
            #expect(await peer.isOpen)
            try await peer.send("221 2.0.0 bye\r\n")
            #expect(try await task.value?.code == .closing)
            #expect(await !peer.isOpen)
            #expect(try await peer.begin { await $0.quit() }.value == nil)
            try await peer.expectSilence()
        }
    }

    @Test("R5321-4.1.1.10-1 a cancelled task still says QUIT and waits for the reply")
    func cancelled() async throws {
        try await withPeer { peer in
            let task = await peer.begin { await $0.quit() }
            task.cancel()
            try await peer.answerQuit(with: nil)
            #expect(await peer.isOpen)
            try await peer.send("221 bye\r\n")
            #expect(try await task.value?.code == .closing)
        }
    }

    @Test(
        "Q39 R5321-4.1.1.10-1 any reply to QUIT will do, before EHLO too",
        arguments: ["250 ok", "421 bye", "500 unknown", "502 say EHLO first", "221-a\r\n221 b"]
    )
    func anyReply(reply: String) async throws {
        try await withPeer(.greeted) { peer in
            let task = await peer.begin { await $0.quit() }
            try await peer.answerQuit(with: reply)
            #expect(try await task.value != nil)
            #expect(await !peer.isOpen)
        }
    }

    @Test(
        "Q36 Q37 S-C6 C6.2 a QUIT without a proper reply ends quietly",
        arguments: ["", "221", "221-bye\r\n", "\0\0\0\u{1A}\0\0\0\r\n", "bye\r\n", "221 a\r\n250 b\r\n"],
        [true, false]
    )
    func noReply(octets: String, isReset: Bool) async throws {
        try await withPeer { peer in
            let send = try await peer.beginSend()
            try await peer.answerMessage()
            #expect(try await send.value.accepted.count == 1)
            let task = await peer.begin { await $0.quit() }
            try await peer.answerQuit(with: nil)
            try await peer.send(octets)
            if await peer.isOpen {
                if isReset { try await peer.fail() } else { try await peer.close() }
            }
            _ = try await task.value
            #expect(await !peer.isOpen)
        }
    }

    @Test("Q36 a QUIT that is not answered keeps nobody for long")
    func unanswered() async throws {
        try await withPeer { peer in
            let task = await peer.begin { await $0.quit() }
            try await peer.answerQuit(with: nil)
            try await peer.expectTimeout(after: .seconds(3))
            #expect(try await task.value == nil)
        }
    }

    @Test("Q37 a binary reply to QUIT behind the final reply does no harm")
    func binaryReply() async throws {
        try await withPeer { peer in
            let send = try await peer.beginSend()
            try await peer.answerMessage()
            let task = await peer.begin { await $0.quit() }
            try await peer.answerQuit(with: nil)
            try await peer.send(ByteBuffer(bytes: [0, 0, 0, 0x1A, 0, 0, 0, 0x0A, 0xFF]))
            #expect(try await task.value == nil)
            #expect(try await send.value.accepted.count == 1)
        }
    }

    // MARK: RSET

    @Test("Q40 no RSET follows a message that was accepted, nor one that was refused")
    func noReset() async throws {
        try await withPeer { peer in
            for reply in ["250 queued", "550 5.7.1 spam", "250 queued"] {
                let task = try await peer.beginSend()
                try await peer.answerMessage(with: reply)
                _ = await task.result
                try await peer.expectSilence()
            }
        }
    }

    @Test(
        "Q40 the error is that of the transaction; RSET comes with the next one and its failure hides nothing"
    )
    func resetFails() async throws {
        try await withPeer { peer in
            let first = try await peer.beginSend()
            try await peer.answer("MAIL FROM:<a@client.example>", with: "250 ok")
            try await peer.answer("RCPT TO:<b@x.example>", with: "550 5.1.1 unknown")
            let error = try await peer.error(of: first)
            #expect(error.code == .recipientsRefused)
            #expect(error.reply?.code.value == 550)
            try await peer.expectSilence()

            let second = try await peer.beginSend()
            try await peer.answer("RSET", with: "502 5.5.1 unknown")
            let resetError = try await peer.error(of: second)
            #expect(resetError.stage == .reset)
            #expect(resetError.reply?.code == .notImplemented)
            #expect(
                resetError.recipients.allSatisfy { $0.disposition != .accepted && $0.disposition != .unknown }
            )
            try await peer.expectSilence()
            #expect(await !peer.isOpen)
        }
    }

    @Test("Q40 a RSET that drops the connection leaves the message not accepted")
    func resetDrops() async throws {
        try await withPeer { peer in
            let first = try await peer.beginSend()
            try await peer.answer("MAIL FROM:<a@client.example>", with: "250 ok")
            try await peer.answer("RCPT TO:<b@x.example>", with: "550 5.1.1 unknown")
            _ = await first.result
            let second = try await peer.beginSend()
            try await peer.expect("RSET\r\n")
            try await peer.close()
            let error = try await peer.error(of: second)
            #expect(error.code == .disconnected)
            #expect(error.stage == .reset)
            #expect(error.acceptance == .notAccepted)
        }
    }

    @Test("Q40 a refusal of the caller's RSET closes the connection")
    func explicitReset() async throws {
        try await withPeer { peer in
            let task = await peer.begin { try await $0.reset() }
            try await peer.answer("RSET", with: "502 unknown")
            #expect(try await task.value.code == .notImplemented)
            #expect(await !peer.isOpen)
        }
    }

    @Test("a hello after a failed transaction makes RSET unnecessary", arguments: ["EHLO", "HELO"])
    func helloResets(verb: String) async throws {
        try await withPeer { peer in
            let first = try await peer.beginSend()
            try await peer.answer("MAIL FROM:<a@client.example>", with: "250 ok")
            try await peer.answer("RCPT TO:<b@x.example>", with: "550 5.1.1 unknown")
            _ = await first.result
            let hello = await peer.begin { session in
                verb == "EHLO" ? try await session.ehlo() : try await session.helo()
            }
            try await peer.answer("\(verb) client.example", with: "250 mx.example")
            _ = try await hello.value
            let second = try await peer.beginSend()
            try await peer.answerMessage()
            _ = try await second.value
        }
    }

    // MARK: Any time

    @Test("R5321-4.1.4-2 NOOP, HELP, EXPN, VRFY, RSET and QUIT need no EHLO before them")
    func anyTime() async throws {
        try await withPeer(.greeted) { peer in
            try await self.sayAll(peer)
        }
    }

    @Test("R5321-4.1.4-2 NOOP, HELP, EXPN, VRFY, RSET and QUIT may stand inside a transaction")
    func insideTransaction() async throws {
        try await withPeer { peer in
            let mail = await peer.begin { try await $0.mail(from: .null) }
            try await peer.answer("MAIL FROM:<>", with: "250 ok")
            _ = try await mail.value
            try await self.sayAll(peer)
        }
    }

    private func sayAll(_ peer: Peer) async throws {
        let noop = await peer.begin { try await $0.noop() }
        try await peer.answer("NOOP", with: "250 ok")
        #expect(try await noop.value.code == .ok)
        let help = await peer.begin { try await $0.help("DATA") }
        try await peer.answer("HELP DATA", with: "214 see RFC 5321")
        #expect(try await help.value.code.value == 214)
        let expand = await peer.begin { try await $0.expand("staff") }
        try await peer.answer("EXPN staff", with: "250-<a@x.example>\r\n250 <b@x.example>")
        #expect(try await expand.value.lines == ["<a@x.example>", "<b@x.example>"])
        let verify = await peer.begin { try await $0.verify("b") }
        try await peer.answer("VRFY b", with: "252 perhaps")
        #expect(try await verify.value.code == .cannotVerify)
        let reset = await peer.begin { try await $0.reset() }
        try await peer.answer("RSET", with: "250 ok")
        #expect(try await reset.value.code == .ok)
        let quit = await peer.begin { await $0.quit() }
        try await peer.answerQuit(with: "221 bye")
        #expect(try await quit.value?.code == .closing)
    }
}
