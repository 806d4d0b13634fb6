import NIOConcurrencyHelpers
import SMTPCore

@testable import AsyncSMTP

/// Messages for one connection in the hands of a test, and what became of them.
final class ParcelList: ParcelSource, ParcelWaiter {
    private struct State: Sendable {
        var waiting: [Parcel] = []
        var results: [Int: Result<SendReceipt, SMTPError>] = [:]
        var told: [Int] = []
        var returned: [Int] = []
        var hasEnded = false
        var distrustsPipelining = false
        var finished = 0
    }

    let maximumInFlight: Int
    let isCancelled = false
    private let state = NIOLockedValueBox(State())

    init(maximumInFlight: Int = 16) {
        self.maximumInFlight = maximumInFlight
    }

    /// Adds messages, each from a sender of its own.
    func add(_ numbers: some Sequence<Int>, to recipients: [String] = ["r@x.example"], options: SendOptions)
        async throws
    {
        for number in numbers {
            let envelope = try Envelope(from: Self.sender(number), to: recipients)
            let message = try await PreparedMessage.prepare(
                .written(RawMessage(.text(shortMessage), envelope: envelope)),
                Preparation(options, defaults: MessageDefaults(), dropping: [])
            )
            self.state.withLockedValue {
                $0.waiting.append(
                    Parcel(message, waiter: self, index: number, route: 0, waiterID: UInt64(number))
                )
            }
        }
    }

    static func sender(_ number: Int) -> String { "m\(number)@client.example" }

    // MARK: What became of them

    /// What became of a message; nil as long as that is open.
    func result(_ number: Int) -> Result<SendReceipt, SMTPError>? {
        self.state.withLockedValue { $0.results[number] }
    }

    func error(_ number: Int) -> SMTPError? {
        if case .failure(let error) = self.result(number) { error } else { nil }
    }

    /// Messages that somebody accepted, in order of their numbers.
    var accepted: [Int] {
        self.state.withLockedValue { state in
            state.results.filter { (try? $0.value.get()) != nil }.keys.sorted()
        }
    }

    /// Messages whose outcome was told, in that order, as often as it was.
    var told: [Int] { self.state.withLockedValue { $0.told } }
    /// Messages given back for another connection, in order.
    var returned: [Int] { self.state.withLockedValue { $0.returned } }
    var hasEnded: Bool { self.state.withLockedValue { $0.hasEnded } }
    var distrustsPipelining: Bool { self.state.withLockedValue { $0.distrustsPipelining } }
    /// Messages whose fate the source was told.
    var finished: Int { self.state.withLockedValue { $0.finished } }

    // MARK: For the connection

    func take(
        _ connection: PoolConnectionID,
        atMost count: Int,
        finished: ParcelTally,
        into parcels: inout [Parcel]
    ) {
        parcels += self.state.withLockedValue { state in
            state.finished += finished.accepted + finished.failed
            defer { state.waiting.removeFirst(min(count, state.waiting.count)) }
            return state.waiting.prefix(count)
        }
    }

    func returned(_ connection: PoolConnectionID, _ parcels: [Parcel]) {
        self.state.withLockedValue { $0.returned += parcels.map(\.index) }
    }

    func slowDown(_ connection: PoolConnectionID, _ reply: Reply, hasDelivered: Bool) {}

    func retired(_ connection: PoolConnectionID) {}

    func distrustPipelining() {
        self.state.withLockedValue { $0.distrustsPipelining = true }
    }

    func ended(_ connection: PoolConnectionID, _ failure: ConnectionFailure?) {
        self.state.withLockedValue { $0.hasEnded = true }
    }

    func finish(_ outcomes: ArraySlice<ParcelOutcome>) {
        self.state.withLockedValue { state in
            for outcome in outcomes {
                state.results[outcome.parcel.index] = outcome.result
                state.told.append(outcome.parcel.index)
            }
        }
    }
}

extension Peer {
    /// Makes the session take messages from a list.
    func serve(_ list: ParcelList) async throws {
        try await self.begin {
            $0.serve(list, as: PoolConnectionID(slot: 0, number: 1))
            $0.pull()
        }.value
        await self.settle()
    }

    /// Makes the session look for messages.
    func pull() async throws {
        try await self.begin { $0.pull() }.value
        await self.settle()
    }

    /// The task that waits for a message is cancelled.
    func cancel(_ number: Int) async throws {
        try await self.begin { $0.cancelParcel(UInt64(number)) }.value
        await self.settle()
    }
}
