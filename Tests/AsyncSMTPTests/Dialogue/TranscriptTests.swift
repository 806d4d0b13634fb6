import NIOCore
import SMTPCore
import Testing

@testable import AsyncSMTP

@Suite("Dialogue: the transcript", .timeLimit(.minutes(20)))
struct TranscriptTests {
    @Test("set_debuglevel 1: commands, replies and events, a line each; content only by its length")
    func dialogueLevel() async throws {
        let log = TranscriptLog()
        try await withPeer(.connected, configure: { $0.transcript = log.lines(.dialogue) }) { peer in
            let task = await peer.begin { session in
                try await session.takeGreeting()
                try await session.hello()
            }
            try await peer.send("220 mx.example ready\r\n")
            try await peer.answer("EHLO client.example", with: ehloReply(["SIZE", ""]))
            try await task.value
            let send = try await peer.beginSend()
            try await peer.answer("MAIL FROM:<a@client.example> SIZE=21", with: "250")
            try await peer.answer("RCPT TO:<b@x.example>", with: "250 2.1.5 ok")
            try await peer.answer("DATA", with: "354 go")
            try await peer.answer(shortMessage + ".", with: "250 queued")
            _ = try await send.value
        }
        #expect(
            log.lines == [
                "S: 220 mx.example ready", "C: EHLO client.example", "S: 250-mx.example", "S: 250-SIZE",
                "S: 250",
                "C: MAIL FROM:<a@client.example> SIZE=21", "S: 250", "C: RCPT TO:<b@x.example>",
                "S: 250 2.1.5 ok",
                "C: DATA", "S: 354 go", "C: [21 octets of content]", "S: 250 queued", "-- closed",
            ]
        )
    }

    @Test("set_debuglevel 2: the same with the time since connecting")
    func timedLevel() async throws {
        let log = TranscriptLog()
        try await withPeer(.greeted, configure: { $0.transcript = log.lines(.timed) }) { peer in
            await peer.advance(.milliseconds(1050))
            let task = await peer.begin { try await $0.noop() }
            await peer.advance(.milliseconds(61_007))
            try await peer.answer("NOOP", with: "250 ok")
            _ = try await task.value
        }
        #expect(
            log.lines == [
                "0.000 S: 220 mx.example ready", "1.050 C: NOOP", "62.057 S: 250 ok", "62.057 -- closed",
            ]
        )
    }

    @Test("set_debuglevel 0: setTranscript ends and begins it")
    func replaced() async throws {
        let (first, second) = (TranscriptLog(), TranscriptLog())
        try await withPeer(.greeted, configure: { $0.transcript = first.lines(.dialogue) }) { peer in
            for (text, next) in [("1", nil), ("2", second.lines(.dialogue)), ("3", nil)]
                as [(String, Transcript?)]
            {
                let task = await peer.begin { try await $0.noop(text) }
                try await peer.answer("NOOP \(text)", with: "250 ok")
                _ = try await task.value
                await peer.session.setTranscript(next)
            }
        }
        #expect(first.lines == ["S: 220 mx.example ready", "C: NOOP 1", "S: 250 ok"])
        #expect(second.lines == ["C: NOOP 3", "S: 250 ok"])
    }

    @Test("a group of commands is a line each")
    func group() async throws {
        let log = TranscriptLog()
        try await withPeer(.offered(["PIPELINING"]), configure: { $0.transcript = log.entries() }) { peer in
            let task = try await peer.beginSend()
            #expect(try await peer.takeSegment()?.isEmpty == false)
            let commands = log.entries.filter { $0.speaker == .client }.map(\.text).suffix(3)
            #expect(commands == ["MAIL FROM:<a@client.example>", "RCPT TO:<b@x.example>", "DATA"])
            task.cancel()
            await peer.settle()
            _ = await task.result
        }
    }

    @Test("S-I3 a transcript ends with a note once it has its length, whatever goes on")
    func limit() async throws {
        let log = TranscriptLog()
        try await withPeer(.greeted, configure: { $0.transcript = log.entries(limit: 200) }) { peer in
            for _ in 1...50 {
                let task = await peer.begin { try await $0.noop() }
                try await peer.answer("NOOP", with: "250 \(String(repeating: "x", count: 60))")
                _ = try await task.value
            }
        }
        let entries = log.entries
        #expect(entries.last?.text == "transcript limit reached")
        #expect(entries.last?.speaker == .event)
        #expect(entries.count { $0.text == "transcript limit reached" } == 1)
        let length = entries.dropLast().reduce(0) { $0 + $1.text.utf8.count }
        #expect((200..<280).contains(length))
    }

    @Test("S-I3 one endless line does not fill a transcript")
    func longLine() async throws {
        let log = TranscriptLog()
        try await withPeer(.greeted, configure: { $0.transcript = log.entries(limit: 500) }) { peer in
            let task = await peer.begin { try await $0.noop() }
            try await peer.answer("NOOP", with: "250 \(String(repeating: "x", count: 8000))")
            _ = try await task.value
        }
        #expect(log.entries.allSatisfy { $0.text.utf8.count < 1100 })
        #expect(log.entries.last?.text == "transcript limit reached")
    }

    @Test("S-I2 I2.1 hostile text is escaped in transcript and errors, and its octets are kept")
    func hostileText() async throws {
        let log = TranscriptLog()
        try await withPeer(configure: { $0.transcript = log.entries() }) { peer in
            let task = try await peer.beginSend()
            let text = "\u{1B}[2J\u{07}<script>\u{202E}\u{9B}31m"
            try await peer.answer("MAIL FROM:<a@client.example>", with: "550 \(text)")
            let error = try await peer.error(of: task)
            #expect(error.reply?.rawText == Array(text.utf8))
            for printed in ["\(error)", "\(error.recipients)", log.text] {
                #expect(printed.contains("<script>"))
                let hasControl = printed.unicodeScalars.contains { scalar in
                    [0x1B, 0x07, 0x202E, 0x9B].contains(scalar.value)
                }
                #expect(!hasControl)
            }
        }
    }

    @Test("S-I2 what nobody asked for is escaped as well")
    func hostileExcerpt() async throws {
        let log = TranscriptLog()
        try await withPeer(configure: { $0.transcript = log.entries() }) { peer in
            try await peer.send("\u{1B}[2J\u{07}\r\n")
            let task = await peer.begin { try await $0.noop() }
            let error = try await peer.error(of: task)
            #expect(error.code == .unsolicitedData)
            for printed in ["\(error)", log.text] {
                #expect(!printed.unicodeScalars.contains { $0.value == 0x1B || $0.value == 0x07 })
            }
        }
    }
}
