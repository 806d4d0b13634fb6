import NIOCore
import SMTPCore
import Testing

@testable import AsyncSMTP

@Suite("Dialogue: groups of commands", .timeLimit(.minutes(20)))
struct GroupTests {
    private static let envelope =
        "MAIL FROM:<a@client.example>\r\nRCPT TO:<b@x.example>\r\nRCPT TO:<c@x.example>\r\n"
    private static let recipients = ["b@x.example", "c@x.example"]

    @Test(
        "R2920-1 Q26 commands are not grouped when PIPELINING is not offered",
        arguments: PipeliningLevel.allCases
    )
    func notOffered(level: PipeliningLevel) async throws {
        try await withPeer(.offered(["8BITMIME"]), configure: { $0.sending.pipelining = level }) { peer in
            let task = try await peer.beginSend(to: Self.recipients)
            try await peer.answerEnvelope(recipients: Self.recipients)
            try await peer.answer(shortMessage + ".", with: "250 queued")
            #expect(try await task.value.negotiation.pipelining == .disabled)
        }
    }

    @Test("R2920-1 an offer before the last EHLO does not count")
    func offeredBefore() async throws {
        try await withPeer(.offered(["PIPELINING"])) { peer in
            let ehlo = await peer.begin { try await $0.ehlo() }
            try await peer.answer("EHLO client.example", with: "250 mx.example")
            _ = try await ehlo.value
            let task = try await peer.beginSend()
            try await peer.answerMessage()
            _ = try await task.value
        }
    }

    @Test("R2920-2 the envelope and DATA are one write, DATA last")
    func transactionLevel() async throws {
        try await withPeer(.offered(["PIPELINING"])) { peer in
            let task = try await peer.beginSend(to: Self.recipients)
            try await peer.expect(Self.envelope + "DATA\r\n")
            try await peer.expectSilence()
            try await peer.send("250 a\r\n250 b\r\n250 c\r\n354 d\r\n")
            try await peer.expect(shortMessage + ".\r\n")
            try await peer.send("250 queued\r\n")
            #expect(try await task.value.negotiation.pipelining == .transaction)
        }
    }

    @Test("R2920-2 at the level of the envelope DATA is a write of its own")
    func envelopeLevel() async throws {
        try await withPeer(.offered(["PIPELINING"]), configure: { $0.sending.pipelining = .envelope }) {
            peer in
            let task = try await peer.beginSend(to: Self.recipients)
            try await peer.expect(Self.envelope)
            try await peer.send("250 a\r\n250 b\r\n")
            try await peer.expectSilence()
            try await peer.send("250 c\r\n")
            try await peer.answer("DATA", with: "354 go")
            try await peer.answer(shortMessage + ".", with: "250 queued")
            _ = try await task.value
        }
    }

    @Test("R2920-2 Q26 EHLO, NOOP, VRFY, HELP and QUIT are alone, whatever waits behind them")
    func alone() async throws {
        try await withPeer(.greeted) { peer in
            let hello = await peer.begin { try await $0.hello() }
            let noop = await peer.begin { try await $0.noop() }
            let verify = await peer.begin { try await $0.verify("b") }
            let help = await peer.begin { try await $0.help() }
            let quit = await peer.begin { await $0.quit() }
            try await peer.expect("EHLO client.example\r\n")
            for next in ["NOOP", "VRFY b", "HELP"] {
                try await peer.expectSilence()
                try await peer.send(next == "NOOP" ? ehloReply(["PIPELINING"]) + "\r\n" : "250 ok\r\n")
                try await peer.expect(next + "\r\n")
            }
            try await peer.expectSilence()
            try await peer.send("250 ok\r\n")
            try await peer.answerQuit(with: "221 bye")
            try await hello.value
            #expect(try await noop.value.code == .ok)
            #expect(try await verify.value.code == .ok)
            #expect(try await help.value.code == .ok)
            #expect(try await quit.value?.code == .closing)
        }
    }

    @Test("a group of a transaction that follows a failed one begins with RSET, in the same write")
    func groupWithReset() async throws {
        try await withPeer(.offered(["PIPELINING"])) { peer in
            let failed = try await peer.beginSend()
            try await peer.expect("MAIL FROM:<a@client.example>\r\nRCPT TO:<b@x.example>\r\nDATA\r\n")
            try await peer.send("250 a\r\n550 5.1.1 b\r\n503 5.5.1 d\r\n")
            #expect(try await peer.error(of: failed).code == .recipientsRefused)

            let task = try await peer.beginSend(to: ["c@x.example"])
            try await peer.expect("RSET\r\nMAIL FROM:<a@client.example>\r\nRCPT TO:<c@x.example>\r\nDATA\r\n")
            try await peer.send("250 r\r\n250 a\r\n250 c\r\n354 d\r\n")
            try await peer.answer(shortMessage + ".", with: "250 queued")
            _ = try await task.value
        }
    }

    @Test("R2920-7 replies are read while the network takes nothing, so that neither side waits for ever")
    func readsWhileWriting() async throws {
        let recipients = (1...1000).map { "user\($0)@x.example" }
        try await withPeer(.offered(["PIPELINING"])) { peer in
            let task = try await peer.beginSend(to: recipients)
            try await peer.setWritable(false)
            let group = try #require(try await peer.takeSegment())
            #expect(group.hasSuffix("RCPT TO:<user1000@x.example>\r\nDATA\r\n"))
            try await peer.expectSilence()
            let text = String(repeating: "x", count: 500)
            for _ in 1...1001 {
                try await peer.send("250 \(text)\r\n")
                // Nothing lies about unread: a server's replies never fill the window.
                #expect(try await peer.begin { $0.handler.value.hasUnreadData }.value == false)
            }
            try await peer.send("354 go\r\n")
            try await peer.expect(shortMessage + ".\r\n")
            try await peer.send("250 queued\r\n")
            #expect(try await task.value.accepted.count == 1000)
        }
    }

    @Test(
        "S-E7 E7.2 replies to a group in one segment and in segments of one octet mean the same",
        arguments: [true, false]
    )
    func segments(isWhole: Bool) async throws {
        try await withPeer(.offered(["PIPELINING"])) { peer in
            let task = try await peer.beginSend(to: Self.recipients)
            try await peer.expect(Self.envelope + "DATA\r\n")
            let replies = "250 a\r\n550-5.1.1 no\r\n550 5.1.1 such user\r\n250 c\r\n354 d\r\n"
            if isWhole {
                try await peer.send(replies)
            } else {
                for octet in replies.unicodeScalars { try await peer.send(String(octet)) }
            }
            try await peer.answer(shortMessage + ".", with: "250 queued")
            let receipt = try await task.value
            #expect(receipt.accepted.map { "\($0.recipient)" } == ["<c@x.example>"])
            #expect(receipt.refused.map { "\($0.recipient)" } == ["<b@x.example>"])
            #expect(receipt.refused.first?.text == "no\nsuch user")
        }
    }
}
