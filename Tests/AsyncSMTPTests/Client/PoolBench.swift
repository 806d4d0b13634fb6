import NIOCore

@testable import AsyncSMTP

/// A pool with a clock that is set by hand; what it wants done is written down in words.
struct PoolBench {
    var pool: PoolStateMachine<PoolSample>
    private(set) var now = NIODeadline.uptimeNanoseconds(1_000_000_000_000)
    /// When the timer is due.
    private(set) var timer: NIODeadline?
    private var ids: [UInt64: PoolConnectionID] = [:]
    private let start = NIODeadline.uptimeNanoseconds(1_000_000_000_000)

    init(_ configuration: PoolConfiguration = PoolConfiguration()) {
        self.pool = PoolStateMachine(configuration: configuration)
    }

    /// Seconds since the start.
    func at(_ seconds: Double) -> NIODeadline { self.start + .nanoseconds(Int64(seconds * 1e9)) }

    mutating func pass(_ seconds: Double) { self.now = self.now + .nanoseconds(Int64(seconds * 1e9)) }

    mutating func enqueue(_ numbers: UInt64..., exclusive: Bool = false) -> [String] {
        self.words(
            self.pool.enqueue(
                contentsOf: numbers.map { PoolSample(waiterID: $0, isExclusive: exclusive) },
                now: self.now
            )
        )
    }

    mutating func enqueue(_ sample: PoolSample, atFront: Bool = false) -> [String] {
        self.words(self.pool.enqueue(sample, atFront: atFront, now: self.now))
    }

    /// The messages the connection gets, and then what else is to be done.
    mutating func take(_ number: UInt64, atMost: Int = 100) -> [String] {
        guard let id = self.ids[number] else { return ["unknown"] }
        var samples: [PoolSample] = []
        let actions = self.pool.take(id, atMost: atMost, into: &samples, now: self.now)
        return samples.map { "\($0.waiterID)" } + self.words(actions)
    }

    mutating func opened(_ number: UInt64) -> [String] {
        self.ids[number].map { self.words(self.pool.opened($0, now: self.now)) } ?? ["unknown"]
    }

    mutating func openFailed(_ number: UInt64, temporary: Bool = true) -> [String] {
        self.ids[number].map {
            self.words(self.pool.openFailed($0, isTemporary: temporary, random: 0, now: self.now))
        } ?? ["unknown"]
    }

    mutating func finished(_ number: UInt64, _ accepted: Int = 1, failed: Int = 0) -> [String] {
        self.ids[number].map {
            self.words(self.pool.finished($0, accepted: accepted, failed: failed, now: self.now))
        } ?? ["unknown"]
    }

    mutating func returned(_ number: UInt64, _ messages: UInt64...) -> [String] {
        self.ids[number].map {
            self.words(
                self.pool.returned(messages.map { PoolSample(waiterID: $0) }, from: $0, now: self.now)
            )
        } ?? ["unknown"]
    }

    mutating func closed(_ number: UInt64) -> [String] {
        self.ids[number].map { self.words(self.pool.closed($0, now: self.now)) } ?? ["unknown"]
    }

    mutating func retire(_ number: UInt64) -> [String] {
        self.ids[number].map { self.words(self.pool.retire($0, now: self.now)) } ?? ["unknown"]
    }

    mutating func backOff(_ reason: PoolBackOffReason) -> [String] {
        self.words(self.pool.backOff(reason, random: 0, now: self.now))
    }

    mutating func cancel(_ id: UInt64) -> [String] {
        let (message, actions) = self.pool.cancel(waiterID: id, now: self.now)
        return (message.map { ["cancelled \($0.waiterID)"] } ?? []) + self.words(actions)
    }

    mutating func warmUp() -> [String] { self.words(self.pool.warmUp(now: self.now)) }

    mutating func drain() -> [String] { self.words(self.pool.drain(now: self.now)) }

    mutating func shutDownNow() -> [String] { self.words(self.pool.shutDownNow(now: self.now)) }

    /// Lets the time pass until the timer is due, and has it fire.
    mutating func fire() -> [String] {
        guard let timer = self.timer else { return ["no timer"] }
        self.now = max(self.now, timer)
        self.timer = nil
        return self.words(self.pool.timerFired(now: self.now))
    }

    /// What the timer brings about in so many seconds.
    mutating func pace(after seconds: Double) -> [String] {
        let end = self.now + .nanoseconds(Int64(seconds * 1e9))
        var words: [String] = []
        while let timer, timer <= end { words += self.fire() }
        return words
    }

    private mutating func words(_ actions: PoolActions<PoolSample>) -> [String] {
        actions.map { action in
            switch action {
            case .open(let id):
                self.ids[id.number] = id
                return "open \(id)"
            case .wake(let id): return "wake \(id)"
            case .close(let id, let reason): return "close \(id) \(reason)"
            case .fail(let message, let failure): return "fail \(message.waiterID) \(failure)"
            case .setTimer(let time):
                self.timer = time
                let seconds = Double((time - self.start).nanoseconds) / 1e9
                return "timer \((seconds * 1000).rounded() / 1000)"
            case .drained: return "drained"
            }
        }
    }
}
