import Testing

@testable import AsyncSMTP

@Suite("Connection: time")
struct ConnectionTimerTests {
    @Test("a wait ends at its time")
    func timeout() {
        let machine = Machine(isGreeted: true)
        _ = machine.write()
        #expect(machine.want(by: 100) == [.waits, .timer(100)])
        #expect(machine.fire(at: 100) == [.failed("timedOut"), .closes])
        #expect(!machine.isOpen)
    }

    @Test("a deadline that moves on sets no new timer; the old one looks again when it fires")
    func later() {
        let machine = Machine(isGreeted: true)
        _ = machine.write(replies: 3)
        #expect(machine.want(1, by: 100) == [.waits, .timer(100)])
        #expect(machine.receive("250 a\r\n") == [.line("250 a")])
        #expect(machine.want(2, by: 150) == [.waits])
        #expect(machine.receive("250 b\r\n") == [.line("250 b")])
        #expect(machine.want(3, by: 200) == [.waits])
        #expect(machine.fire(at: 100) == [.timer(200)])
        #expect(machine.isOpen)
        #expect(machine.fire(at: 200) == [.failed("timedOut"), .closes])
    }

    @Test("a deadline before the timer sets an earlier one")
    func earlier() {
        let machine = Machine(isGreeted: true)
        _ = machine.write(replies: 2)
        #expect(machine.want(1, by: 100) == [.waits, .timer(100)])
        _ = machine.receive("250 a\r\n")
        #expect(machine.want(2, by: 50) == [.waits, .timer(50)])
        #expect(machine.fire(at: 50) == [.failed("timedOut"), .closes])
    }

    @Test("a timer that fires while nobody waits does nothing, and the next wait sets one")
    func nobodyWaits() {
        let machine = Machine(isGreeted: true)
        _ = machine.write(replies: 2)
        _ = machine.want(1, by: 100)
        _ = machine.receive("250 a\r\n")
        #expect(machine.fire(at: 100).isEmpty)
        #expect(machine.isOpen)
        #expect(machine.want(2, by: 300) == [.waits, .timer(300)])
    }

    @Test("a wait without a deadline needs no timer")
    func noDeadline() {
        let machine = Machine(isGreeted: true)
        _ = machine.write()
        #expect(machine.want() == [.waits])
        #expect(machine.fire(at: 1_000_000).isEmpty)
        #expect(machine.receive("250 a\r\n") == [.line("250 a")])
    }

    @Test("S-E3 E3.1 octets that come one by one do not move the deadline")
    func drip() {
        let machine = Machine(isGreeted: true)
        _ = machine.write()
        #expect(machine.want(by: 10) == [.waits, .timer(10)])
        for octet in "250 ok" { #expect(machine.receive(String(octet)).isEmpty) }
        #expect(machine.fire(at: 10) == [.failed("timedOut"), .closes])
    }

    @Test("of a reader and a writer the earlier deadline counts, and both are told")
    func readerAndWriter() {
        let machine = Machine(isGreeted: true)
        _ = machine.write()
        _ = machine.setWritable(false)
        #expect(machine.want(1, by: 100) == [.waits, .timer(100)])
        #expect(machine.wantRoom(2, by: 30) == [.waits, .timer(30)])
        #expect(machine.fire(at: 30) == [.failed("timedOut"), .failed("timedOut"), .closes])
    }

    @Test("a writer that got its room leaves the timer to the reader")
    func writerDone() {
        let machine = Machine(isGreeted: true)
        _ = machine.write()
        _ = machine.setWritable(false)
        _ = machine.wantRoom(1, by: 30)
        #expect(machine.want(2, by: 100) == [.waits])
        #expect(machine.setWritable(true) == [.ready])
        #expect(machine.fire(at: 30) == [.timer(100)])
        #expect(machine.fire(at: 100) == [.failed("timedOut"), .closes])
    }
}
