import Testing

@testable import AsyncSMTP

@Suite("Connection: waits, cancellation and giving up")
struct WaitTests {
    @Test("S-E6 cancelling a wait ends the connection")
    func cancel() {
        let machine = Machine(isGreeted: true)
        _ = machine.write()
        _ = machine.want(7)
        #expect(machine.cancel(7) == [.failed("cancelled"), .closes])
        #expect(machine.write() == "cancelled")
        // The reply that comes late finds nobody.
        #expect(machine.receive("250 late\r\n").isEmpty)
        #expect(machine.want(8) == [.failed("cancelled")])
    }

    @Test("a cancellation that comes too late does not hit the next wait")
    func lateCancel() {
        let machine = Machine(isGreeted: true)
        _ = machine.write(replies: 2)
        _ = machine.want(7)
        _ = machine.receive("250 a\r\n")
        #expect(machine.cancel(7).isEmpty)
        #expect(machine.isOpen)
        _ = machine.want(8)
        #expect(machine.cancel(7).isEmpty)
        #expect(machine.receive("250 b\r\n") == [.line("250 b")])
    }

    @Test("cancelling a writer's wait ends the connection, and another's does not")
    func cancelWriter() {
        let machine = Machine(isGreeted: true)
        _ = machine.setWritable(false)
        #expect(machine.wantRoom(9) == [.waits])
        #expect(machine.cancel(8).isEmpty)
        #expect(machine.cancel(9) == [.failed("cancelled"), .closes])
    }

    @Test("a writer waits while there is no room")
    func writer() {
        let machine = Machine(isGreeted: true)
        #expect(machine.wantRoom(1) == [.ready])
        #expect(machine.setWritable(false).isEmpty)
        #expect(machine.wantRoom(2) == [.waits])
        #expect(machine.setWritable(true) == [.ready])
        #expect(machine.wantRoom(3) == [.ready])
    }

    @Test("Q46 a writer is told when the connection ends, and the reply that came is still there")
    func writerAndEnd() {
        let machine = Machine(isGreeted: true)
        _ = machine.write()
        _ = machine.setWritable(false)
        _ = machine.wantRoom(1)
        #expect(machine.receive("552 5.3.4 too big\r\n").isEmpty)
        #expect(machine.end() == [.failed("closedByServer"), .closes])
        #expect(machine.want(2) == [.line("552 5.3.4 too big")])
        #expect(machine.want(3) == [.endOfStream])
    }

    @Test("giving up forgets what was not read, and the first reason stays")
    func abandon() {
        let machine = Machine(isGreeted: true)
        _ = machine.write(replies: 2)
        _ = machine.receive("250 a\r\n")
        #expect(machine.abandon(.closedLocally) == [.closes])
        #expect(machine.want() == [.failed("closedLocally")])
        #expect(machine.abandon(.timedOut) == [.closes])
        #expect(machine.end() == [.closes])
        #expect(machine.write() == "closedLocally")
        #expect(machine.settle() == "closedLocally")
        #expect(!machine.isIdle)
    }

    @Test("giving up tells whoever waits")
    func abandonWhileWaiting() {
        let machine = Machine(isGreeted: true)
        _ = machine.write()
        _ = machine.setWritable(false)
        _ = machine.want(1)
        _ = machine.wantRoom(2)
        #expect(machine.abandon(.cancelled) == [.failed("cancelled"), .failed("cancelled"), .closes])
    }
}
