import AsyncSMTP
import NIOCore
import Testing

/// Which server a message goes to, with time made by hand.
@Suite("Server selection")
struct ServerSelectionTests {
    let start = NIODeadline.uptimeNanoseconds(1_000_000_000_000)

    private func selection(_ count: Int, _ order: ServerOrder = .ordered) -> ServerSelection {
        let backOff = BackOff(initial: .seconds(10), maximum: .seconds(300), jitter: 0)
        return ServerSelection(count: count, order: order, backOff: backOff)
    }

    private func choose(_ selection: inout ServerSelection, after seconds: Int64, _ excluding: Set<Int> = [])
        -> Int?
    {
        selection.choose(at: self.start + .seconds(seconds), random: 0, excluding: excluding)
    }

    @Test(
        "R5321-5.1-1 the first that works, the next for a message that has tried it, none when all were tried"
    )
    func ordered() {
        var selection = self.selection(2)
        let chosen = [[], [0], [0, 1]].map { self.choose(&selection, after: 0, $0) }
        #expect(chosen == [0, 1, nil])
        var empty = self.selection(0)
        let none = self.choose(&empty, after: 0)
        #expect(none == nil)
    }

    @Test("a server that failed is set aside, then tried with one message, longer each time")
    func halfOpen() {
        var selection = self.selection(2)
        selection.failed(0, at: self.start, random: 0)
        selection.failed(0, at: self.start, random: 0)
        let untilTried = [9, 10, 10].map { self.choose(&selection, after: $0) }
        #expect(untilTried == [1, 0, 1])
        selection.failed(0, at: self.start + .seconds(11), random: 0)
        let longer = [30, 31].map { self.choose(&selection, after: $0) }
        #expect(longer == [1, 0])
        selection.unused(0)
        let afterUnused = [31, 31].map { self.choose(&selection, after: $0) }
        #expect(afterUnused == [0, 1])
        selection.succeeded(0)
        let working = [32, 32].map { self.choose(&selection, after: $0) }
        #expect(working == [0, 0])
    }

    @Test("when all are set aside, the one whose time ends first gets the message")
    func allSetAside() {
        var selection = self.selection(2)
        selection.failed(1, at: self.start, random: 0)
        selection.failed(0, at: self.start + .seconds(5), random: 0)
        let earliest = self.choose(&selection, after: 6)
        #expect(earliest == 1)
        let other = self.choose(&selection, after: 6, [1])
        #expect(other == 0)
        var single = self.selection(1)
        single.failed(0, at: self.start, random: 0)
        let only = [1, 10, 10].map { self.choose(&single, after: $0) }
        #expect(only == [0, 0, 0])
    }

    @Test("weights share the messages; weight 0 is used when no other works")
    func weighted() {
        var selection = self.selection(3, .weighted([3, 0]))
        let chosen = [0, 0.7, 0.76, 1].map { selection.choose(at: self.start, random: $0) }
        #expect(chosen == [0, 0, 2, 2])
        let spare = self.choose(&selection, after: 0, [0, 2])
        #expect(spare == 1)
    }

    static let moving: [SMTPError.Code] = [
        .hostUnknown, .cannotConnect, .timedOut, .disconnected, .serverClosing, .greetingRefused,
        .helloRefused, .malformedReply, .tlsFailed, .certificateRejected, .startTLSUnavailable,
    ]
    static let staying: [SMTPError.Code] = [
        .senderRefused, .recipientsRefused, .dataRefused, .invalidArgument, .invalidMessage, .cancelled,
        .closed, .badSequence, .notSupported, .messageTooLarge, .contentSourceFailed, .commandRefused,
        .authenticationFailed,
    ]

    @Test("a fault of the server lets the message go on", arguments: moving)
    func moves(_ code: SMTPError.Code) {
        #expect(ServerSelection.movesOn(SMTPError(code, "", stage: .connect)))
        let unknown = SMTPError(code, "", stage: .finalReply, acceptance: .unknown)
        #expect(!ServerSelection.movesOn(unknown))
    }

    @Test("a fault of the message does not", arguments: staying)
    func stays(_ code: SMTPError.Code) {
        #expect(!ServerSelection.movesOn(SMTPError(code, "", stage: .mail)))
    }

    @Test("authentication that fails for now lets the message go on", arguments: [(454, true), (535, false)])
    func authentication(_ code: Int, _ moves: Bool) {
        let reply = RetryPolicyTests.reply(code)
        let error = SMTPError(.authenticationFailed, "", stage: .authentication, reply: reply)
        #expect(ServerSelection.movesOn(error) == moves)
    }
}
