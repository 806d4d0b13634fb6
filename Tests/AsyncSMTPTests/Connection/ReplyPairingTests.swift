import SMTPCore
import Testing

@testable import AsyncSMTP

@Suite("Connection: replies owed and replies read")
struct ReplyPairingTests {
    @Test("a connection is idle once its greeting was taken")
    func greeting() {
        let machine = Machine()
        #expect(!machine.isIdle)
        #expect(machine.receive("220 mx.example\r\n").isEmpty)
        #expect(!machine.isIdle)
        #expect(machine.want() == [.line("220 mx.example")])
        #expect(machine.isIdle)
    }

    @Test("R2920-4 replies are counted: as many as were expected, whatever they say, and not one more")
    func count() {
        let machine = Machine(isGreeted: true)
        #expect(machine.write(replies: 3) == nil)
        #expect(machine.receive("250 a\r\n550-b\r\n550 c\r\n334 d\r\n").isEmpty)
        #expect(!machine.isIdle)
        for line in ["250 a", "550-b", "550 c", "334 d"] { #expect(machine.want() == [.line(line)]) }
        #expect(machine.isIdle)
        #expect(machine.receive("250 e\r\n") == [.closes])
        #expect(machine.want() == [.failed("unsolicitedData 250 e")])
    }

    @Test("counts of several writes add up")
    func writesAddUp() {
        let machine = Machine(isGreeted: true)
        #expect(machine.write(replies: 2) == nil)
        #expect(machine.write(replies: 1) == nil)
        #expect(machine.receive("250 a\r\n250 b\r\n250 c\r\n").isEmpty)
        #expect(machine.isOpen)
        for text in ["a", "b", "c"] { #expect(machine.want() == [.line("250 \(text)")]) }
        #expect(machine.isIdle)
    }

    @Test(
        "Q46 354 promises one more reply, which may come before the content",
        arguments: ["354 d\r\n", "354-c\r\n354 d\r\n"]
    )
    func permission(octets: String) {
        let machine = Machine(isGreeted: true)
        _ = machine.write()
        #expect(machine.receive(octets).isEmpty)
        while machine.hasUnreadData { _ = machine.want() }
        #expect(!machine.isIdle)
        #expect(machine.receive("552 too big\r\n").isEmpty)
        #expect(machine.isOpen)
        #expect(machine.want() == [.line("552 too big")])
        #expect(machine.isIdle)
        #expect(machine.receive("250 e\r\n") == [.closes])
    }

    @Test("a reader that waits gets its line with the octets that complete it", arguments: [1, 3, 8, 100])
    func readerFirst(pieceLength: Int) {
        let machine = Machine()
        #expect(machine.want() == [.waits])
        var rest = Substring("220 mx.example\r\n")
        var facts: [Machine.Fact] = []
        while !rest.isEmpty {
            #expect(facts.isEmpty)
            // A CRLF is one character of a string.
            let piece = String(decoding: Array(rest.utf8).prefix(pieceLength), as: UTF8.self)
            facts = machine.receive(piece)
            rest = Substring(String(decoding: Array(rest.utf8).dropFirst(pieceLength), as: UTF8.self))
        }
        #expect(facts == [.line("220 mx.example")])
    }

    @Test("a reader that waits takes one line, the others stay for later")
    func readerTakesOne() {
        let machine = Machine(isGreeted: true)
        _ = machine.write(replies: 2)
        #expect(machine.want() == [.waits])
        #expect(machine.receive("250 a\r\n250 b\r\n") == [.line("250 a")])
        #expect(machine.hasUnreadData)
        #expect(machine.want(2) == [.line("250 b")])
        #expect(!machine.hasUnreadData)
        #expect(machine.want(3) == [.waits])
    }

    // MARK: The end of the stream

    @Test("Q45 lines that came before the server closed are read before the end")
    func endAfterLines() {
        let machine = Machine(isGreeted: true)
        _ = machine.write(replies: 2)
        #expect(machine.receive("250 a\r\n421-b\r\n421 c\r\n").isEmpty)
        #expect(machine.end() == [.closes])
        for line in ["250 a", "421-b", "421 c"] { #expect(machine.want() == [.line(line)]) }
        #expect(machine.want() == [.endOfStream])
        #expect(machine.want() == [.endOfStream])
    }

    @Test("Q45 lines that came before the network failed are read before the failure")
    func failureAfterLines() {
        struct Reset: Error {}
        let machine = Machine(isGreeted: true)
        _ = machine.write()
        _ = machine.receive("554 5.7.1 go away\r\n")
        #expect(machine.end(Reset()) == [.closes])
        #expect(machine.want() == [.line("554 5.7.1 go away")])
        #expect(machine.want() == [.failed("network Reset()")])
    }

    @Test("a reader that waits is told of the end at once")
    func endForReader() {
        let machine = Machine(isGreeted: true)
        _ = machine.write()
        #expect(machine.want() == [.waits])
        #expect(machine.end() == [.endOfStream, .closes])
    }

    @Test("nothing can be written when the stream has ended")
    func writeAfterEnd() {
        let machine = Machine(isGreeted: true)
        _ = machine.end()
        #expect(machine.write() == "closedByServer")
        #expect(machine.wantRoom() == [.failed("closedByServer")])
    }

    // MARK: Empty lines

    @Test(
        "Q05 empty lines around replies do no harm",
        arguments: [
            "\r\n220 x\r\n", "\n220 x\r\n", "\r\n\r\n220 x\r\n", "220 x\r\n\r\n", "\r\n220 x\r\n\r\n\n",
        ]
    )
    func blankLines(octets: String) {
        let machine = Machine()
        #expect(machine.receive(octets).isEmpty)
        #expect(machine.want() == [.line("220 x")])
        #expect(machine.isIdle)
    }

    @Test("Q05 a server may put empty lines around every reply, however many there are")
    func blankLinesForEver() {
        let machine = Machine(isGreeted: true)
        for number in 1...50 {
            #expect(machine.write() == nil)
            #expect(machine.receive("\r\n250 \(number)\r\n\r\n").isEmpty)
            #expect(machine.want() == [.line("250 \(number)")])
        }
        #expect(machine.isIdle)
    }

    @Test("empty lines and nothing else end the connection", arguments: ["\r\n", "\n"])
    func blankLineFlood(line: String) {
        let machine = Machine(isGreeted: true)
        for _ in 1...8 { #expect(machine.receive(line).isEmpty) }
        #expect(machine.receive(line) == [.closes])
        #expect(machine.write() == "malformedReply emptyLine")
    }

    @Test(
        "an empty line inside a reply is an error, whether or not somebody reads",
        arguments: [true, false]
    )
    func blankLineInside(isRead: Bool) {
        let machine = Machine()
        #expect(machine.receive("220-a\r\n").isEmpty)
        if isRead { #expect(machine.want() == [.line("220-a")]) }
        #expect(machine.receive("\r\n220 b\r\n") == [.closes])
        if !isRead { #expect(machine.want() == [.line("220-a")]) }
        #expect(machine.want() == [.failed("malformedReply emptyLine")])
    }
}
