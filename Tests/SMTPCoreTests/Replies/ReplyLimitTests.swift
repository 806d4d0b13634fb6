import NIOCore
import SMTPCore
import Testing

@Suite("Replies: limits")
struct ReplyLimitTests {
    static let limits = ReplyLimits()

    private func outcomes(_ wire: String, _ limits: ReplyLimits = ReplyLimits()) -> [ReplyFixture.Outcome] {
        ReplyReader.events(in: [ByteBuffer(string: wire)], limits: limits).map { event in
            switch event {
            case .reply(let reply): .reply(reply.code.value, ["\(reply.rawText.count)"])
            case .failure(let error): .failure(error.reason)
            }
        }
    }

    @Test(
        "R5321-4.5.3.1.5-1 Q19 a line of 512 octets and much longer ones",
        arguments: [506, 507, 2048, 8192]
    )
    func longLine(length: Int) {
        let text = String(repeating: "x", count: length)
        #expect(self.outcomes("250 \(text)\r\n") == [.reply(250, ["\(length)"])])
        #expect(self.outcomes("220-\(text)\r\n220 \r\n") == [.reply(220, ["\(length + 1)"])])
    }

    @Test("R5321-4.5.3.1.5-1 limits below what the RFC obliges to take are raised")
    func minimum() {
        let limits = ReplyLimits(
            maximumTextLength: 1,
            maximumChallengeLength: 1,
            maximumLines: 0,
            maximumReplyLength: 1,
            maximumUnreadLength: 1
        )
        #expect(limits.maximumTextLength == 512)
        #expect(limits.maximumChallengeLength == 512)
        #expect(
            self.outcomes("250 \(String(repeating: "x", count: 512))\r\n", limits) == [.reply(250, ["512"])]
        )
    }

    static let lineEnds = ["\r\n", "\n"]

    @Test("S-E1 E1.3 a line exactly at the cap is read, one octet more is not", arguments: lineEnds)
    func lineCap(lineEnd: String) {
        let text = String(repeating: "x", count: Self.limits.maximumTextLength)
        let (fits, tooLong) = (Array("250 \(text)\(lineEnd)".utf8), Array("250 \(text)x\(lineEnd)".utf8))
        let length = fits.count
        // At the end, where CR, LF and the last octet may come apart.
        for place in [1, length - 3, length - 2, length - 1, length] {
            let pieces = [fits[..<place], fits[place...]].map { ByteBuffer(bytes: $0) }
            #expect(ReplyReader.events(in: pieces).map(Self.reason) == [nil], "cut at \(place)")
            let more = [tooLong[..<place], tooLong[place...]].map { ByteBuffer(bytes: $0) }
            #expect(ReplyReader.events(in: more).map(Self.reason) == [.lineTooLong], "cut at \(place)")
        }
    }

    @Test("S-E1 E1.4 a line of 8194 octets in pieces of one octet")
    func oneOctetPieces() throws {
        let wire = Array("220 \(String(repeating: "x", count: 8190))\r\n".utf8)
        let events = ReplyReader.events(in: wire.map { ByteBuffer(bytes: [$0]) })
        guard case .reply(let reply) = try #require(events.first) else {
            Issue.record("\(events)")
            return
        }
        #expect(events.count == 1)
        #expect(reply.rawText.count == 8190)
    }

    @Test("S-E1 E1.1 a line that never ends is given up at the cap", arguments: [1, 7, 1024, 4096])
    func endlessLine(pieceLength: Int) {
        var reader = ReplyReader()
        var sent = 0
        var events: [ReplyReader.Event] = []
        while sent < 1 << 20, events.isEmpty {
            events = reader.append(ByteBuffer(repeating: UInt8(ascii: "2"), count: pieceLength))
            sent += pieceLength
        }
        #expect(events.map(Self.reason) == [.lineTooLong])
        #expect(
            reader.bufferedByteCount <= Self.limits.maximumTextLength + ReplyReader.overhead + 1 + pieceLength
        )
    }

    @Test("S-E1 E1.2 a reply that never ends is given up at the cap")
    func endlessReply() {
        var reader = ReplyReader()
        var lines = 0
        var events: [ReplyReader.Event] = []
        while lines < 100_000, events.isEmpty {
            events = reader.append(ByteBuffer(string: "250-spam\r\n"))
            lines += 1
        }
        #expect(events.map(Self.reason) == [.tooManyLines])
        #expect(lines == Self.limits.maximumLines + 1)
    }

    @Test("S-E1 E1.3 as many lines as the cap are a reply")
    func lineCountCap() {
        let lines = Self.limits.maximumLines - 1
        let wire = String(repeating: "250-a\r\n", count: lines)
        #expect(self.outcomes(wire + "250 a\r\n") == [.reply(250, ["\(lines * 2 + 1)"])])
        #expect(self.outcomes(wire + "250-a\r\n250 a\r\n") == [.failure(.tooManyLines)])
    }

    @Test("S-E1 E1.3 long lines add up to the cap of a reply")
    func replyLengthCap() {
        let limits = ReplyLimits(maximumReplyLength: 2048)
        let line = String(repeating: "x", count: 1023)
        #expect(self.outcomes("250-\(line)\r\n250 \(line)x\r\n", limits) == [.reply(250, ["2048"])])
        #expect(self.outcomes("250-\(line)\r\n250 \(line)xx\r\n", limits) == [.failure(.replyTooLong)])
    }

    @Test("S-E1 E1.3 the cap of a reply holds for a reply of one line too")
    func singleLineReplyCap() {
        let limits = ReplyLimits(maximumReplyLength: 1024)
        let line = String(repeating: "x", count: 1024)
        #expect(self.outcomes("250 \(line)\r\n", limits) == [.reply(250, ["1024"])])
        #expect(self.outcomes("250 \(line)x\r\n", limits) == [.failure(.replyTooLong)])
    }

    @Test("S-E1 an error shows at most 200 octets of the line")
    func excerpt() throws {
        let wire = ByteBuffer(string: "x" + String(repeating: "y", count: 4000) + "\r\n")
        guard case .failure(let error) = try #require(ReplyReader.events(in: [wire]).first) else {
            Issue.record("no error")
            return
        }
        #expect(error.excerpt.count == 200)
    }

    private static func reason(_ event: ReplyReader.Event) -> ReplyError.Reason? {
        guard case .failure(let error) = event else { return nil }
        return error.reason
    }
}
