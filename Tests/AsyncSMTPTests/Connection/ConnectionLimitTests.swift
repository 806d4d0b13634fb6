import SMTPCore
import Testing

@testable import AsyncSMTP

@Suite("Connection: limits on what a server sends")
struct ConnectionLimitTests {
    private static let limits = ReplyLimits()

    @Test("S-E1 E1.1 a line without an end fails at the limit, and no octet after it is taken")
    func endlessLine() {
        let machine = Machine(isGreeted: true)
        _ = machine.write()
        let piece = String(repeating: "2", count: 1024)
        var received = 0
        for _ in 1...1024 where machine.isOpen {
            received += 1024
            _ = machine.receive(piece)
        }
        // One piece may reach over the limit; a mebibyte was on offer.
        #expect(received == Self.limits.maximumTextLength + 1024)
        #expect(machine.want() == [.failed("malformedReply lineTooLong")])
        #expect(machine.receive(piece).isEmpty)
    }

    @Test("S-E1 E1.2 a reply without an end fails at the limit, though nobody reads")
    func endlessReply() {
        let machine = Machine(isGreeted: true)
        _ = machine.write()
        var lines = 0
        while machine.isOpen, lines < 10_000 {
            _ = machine.receive("250-spam\r\n")
            lines += 1
        }
        #expect(lines == Self.limits.maximumLines + 1)
        #expect(machine.settle() == "malformedReply tooManyLines")
    }

    @Test("S-E1 E1.2 a reply without an end fails at the limit, though somebody reads every line")
    func endlessReplyRead() {
        let machine = Machine(isGreeted: true)
        _ = machine.write()
        for _ in 1...Self.limits.maximumLines {
            #expect(machine.want() == [.waits])
            #expect(machine.receive("250-spam\r\n") == [.line("250-spam")])
        }
        #expect(machine.want() == [.waits])
        #expect(machine.receive("250-spam\r\n") == [.failed("malformedReply tooManyLines"), .closes])
    }

    @Test(
        "S-E1 E1.3 a line of exactly the limit is taken, one octet more is not",
        arguments: [0, 1],
        [false, true]
    )
    func lineAtLimit(excess: Int, isChallenge: Bool) {
        let machine = Machine(isGreeted: true)
        if isChallenge { machine.allowLongLines() }
        _ = machine.write()
        let limit = isChallenge ? Self.limits.maximumChallengeLength : Self.limits.maximumTextLength
        let text = String(repeating: "x", count: limit + excess)
        let facts = machine.receive("334 \(text)\r\n")
        #expect(facts == (excess == 0 ? [] : [.closes]))
        #expect(
            machine.want() == [excess == 0 ? .line("334 \(text)") : .failed("malformedReply lineTooLong")]
        )
    }

    @Test("S-E1 E1.4 a long greeting in pieces of one octet is taken")
    func longGreeting() {
        let machine = Machine()
        let text = String(repeating: "g", count: 8190)
        for octet in "220 \(text)\r\n".unicodeScalars { _ = machine.receive(String(octet)) }
        #expect(machine.want() == [.line("220 \(text)")])
    }

    @Test("what is owed but not read does not grow without bound: reading from the network pauses")
    func flood() {
        let machine = Machine(isGreeted: true)
        _ = machine.write(replies: 100_000)
        let line = "250 \(String(repeating: "f", count: 1000))\r\n"
        var lines = 0
        while machine.wantsReading, lines < 100_000 {
            #expect(machine.receive(line).isEmpty)
            lines += 1
        }
        #expect(lines * 1000 <= Self.limits.maximumUnreadLength)
        #expect((lines + 1) * 1100 > Self.limits.maximumUnreadLength)
        #expect(machine.isOpen)

        var taken = 0
        while !machine.resumeReadingIfDrained(), taken < lines {
            #expect(!machine.wantsReading)
            _ = machine.want()
            taken += 1
        }
        #expect(machine.wantsReading)
        // Half of it is enough, so that not every line is a switch.
        #expect((lines / 2...lines / 2 + 2).contains(taken))
        #expect(!machine.resumeReadingIfDrained())
    }

    @Test("a paused connection that is read empty is read from again")
    func pauseWithSmallLimit() {
        let machine = Machine(ReplyLimits(maximumUnreadLength: 1024), isGreeted: true)
        _ = machine.write(replies: 2)
        let text = String(repeating: "f", count: 4000)
        #expect(machine.receive("250 \(text)\r\n").isEmpty)
        #expect(!machine.wantsReading)
        #expect(machine.want() == [.line("250 \(text)")])
        #expect(machine.resumeReadingIfDrained())
        #expect(machine.wantsReading)
    }

    @Test("a reader that takes the line which would pause the connection keeps it reading")
    func pauseWithReader() {
        let machine = Machine(ReplyLimits(maximumUnreadLength: 1024), isGreeted: true)
        _ = machine.write()
        #expect(machine.want() == [.waits])
        let text = String(repeating: "f", count: 4000)
        #expect(machine.receive("250 \(text)\r\n") == [.line("250 \(text)"), .reads])
        #expect(machine.wantsReading)
    }
}
