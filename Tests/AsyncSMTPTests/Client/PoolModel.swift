import NIOCore

@testable import AsyncSMTP

/// Drives a pool with random events, keeps its own account of every message and connection, and notes whatever
/// does not agree.
struct PoolModel {
    private enum State: Equatable {
        case opening, open, closing
    }

    private struct Connection {
        let id: PoolConnectionID
        var state = State.opening
        var inFlight: [PoolSample] = []
        var taken = 0
    }

    private let configuration: PoolConfiguration
    private var random: PoolRandom
    private var pool: PoolStateMachine<PoolSample>
    private var now = NIODeadline.uptimeNanoseconds(1_000_000_000_000)
    private var timer: NIODeadline?
    private var connections: [UInt64: Connection] = [:]
    private var woken: [PoolConnectionID] = []
    private var waiting: [PoolSample] = []
    private var ended: Set<UInt64> = []
    private var lastID: UInt64 = 0
    private var drained = 0
    private var isCut = false
    private(set) var faults: [String] = []
    /// Messages that were given to a connection, all in all.
    private(set) var given = 0

    init(seed: UInt64) {
        var random = PoolRandom(state: seed)
        self.configuration = PoolConfiguration(
            maximumConnections: random.next(1...4),
            minimumConnections: random.next(0...2),
            maximumInFlight: random.next(1...5),
            idleTime: random.chance(3) ? nil : .seconds(random.next(1...5)),
            lifetime: random.chance(3) ? nil : .seconds(random.next(2...20)),
            maximumMessagesPerConnection: random.chance(2) ? nil : random.next(1...8),
            waitLimit: random.chance(2) ? nil : .seconds(random.next(1...30)),
            maximumWaiting: random.chance(2) ? nil : random.next(5...20),
            rateLimit: random.chance(2)
                ? nil : RateLimit(messagesPerSecond: 20, recipientsPerSecond: 50, burst: 5),
            backOff: random.chance(4) ? nil : BackOff()
        )
        self.pool = PoolStateMachine(configuration: self.configuration)
        self.random = random
    }

    /// Random events, and then nothing but good ones until all is done.
    mutating func run(events: Int) {
        for _ in 0..<events where self.faults.isEmpty {
            self.event()
            self.check()
        }
        if self.random.chance(4) { return self.shutDownNow() }
        self.goOn("end") { !$0.waiting.isEmpty || $0.connections.values.contains { !$0.inFlight.isEmpty } }
        self.handle(self.pool.drain(now: self.now))
        self.goOn("drain") { $0.drained == 0 }
        self.judge()
    }

    private mutating func shutDownNow() {
        self.isCut = true
        self.handle(self.pool.shutDownNow(now: self.now))
        self.check()
        if !self.waiting.isEmpty { self.fault("messages wait in a pool that is shut down") }
        for connection in self.connections.values.sorted(by: { $0.id.number < $1.id.number }) {
            if connection.state != .closing { self.fault("\(connection.id) is not closed") }
            self.finish(connection.id, connection.inFlight.count)
            self.close(connection.id)
            self.check()
        }
        self.judge()
    }

    private mutating func judge() {
        if self.drained != 1 { self.fault("drained \(self.drained) times") }
        if !self.connections.isEmpty { self.fault("drained with connections") }
        if self.ended.count != Int(self.lastID) { self.fault("lost messages") }
    }

    /// Opens, finishes and closes until nothing is left to do.
    private mutating func goOn(_ what: String, while condition: (PoolModel) -> Bool) {
        var rounds = 0
        while condition(self), self.faults.isEmpty {
            rounds += 1
            guard rounds < 3_000 else { return self.fault("\(what): no end, \(self.pool.statistics)") }
            let before = self.now
            for connection in self.connections.values.sorted(by: { $0.id.number < $1.id.number }) {
                switch connection.state {
                case .opening: self.opened(connection.id)
                case .closing: self.close(connection.id)
                case .open: self.finish(connection.id, connection.inFlight.count)
                }
                self.check()
            }
            self.wakeAll()
            self.check()
            if condition(self),
                self.connections.values.allSatisfy({ $0.state == .open && $0.inFlight.isEmpty })
            {
                self.fire()
                self.check()
                if self.now == before, self.woken.isEmpty, rounds > 2_000 {
                    self.fault("the timer stands still")
                }
            }
        }
    }

    private mutating func event() {
        switch self.random.next(0...20) {
        case 0...4: self.enqueue(self.random.next(1...3))
        case 5...7: self.wakeOne()
        case 8...9: if let id = self.any(.opening) { self.opened(id) }
        case 10...12:
            if let id = self.any(.open), let count = self.connections[id.number]?.inFlight.count, count > 0 {
                self.finish(id, self.random.next(1...count))
            }
        case 13: if let id = self.any(.closing) { self.close(id) }
        case 14: self.now = self.now + .milliseconds(Int64(self.random.next(1...800)))
        case 15: self.fire()
        case 16: self.cancel()
        case 17:
            if let id = self.any(.opening), self.random.chance(2) {
                self.connections[id.number] = nil
                self.handle(
                    self.pool.openFailed(
                        id,
                        isTemporary: self.random.chance(2),
                        random: 0.5,
                        now: self.now
                    )
                )
            }
        case 18:
            if let id = self.any(.open), self.random.chance(2) {
                self.handle(self.pool.retire(id, now: self.now))
            } else if let id = self.any(.open) {
                self.take(id)
            }
        case 19: self.lose()
        default:
            let reasons: [PoolBackOffReason] = [
                .throttled, .tooManyConnections, .closing(deliveredNothing: true),
                .closing(deliveredNothing: false),
            ]
            if self.random.chance(3) {
                let reason = reasons[self.random.next(0...3)]
                self.handle(self.pool.backOff(reason, random: 0.5, now: self.now))
            } else if self.random.chance(4) {
                self.handle(self.pool.warmUp(now: self.now))
            }
        }
    }

    private mutating func enqueue(_ count: Int) {
        var samples: [PoolSample] = []
        for _ in 0..<count {
            self.lastID += 1
            samples.append(
                PoolSample(
                    waiterID: self.lastID,
                    recipientCount: self.random.next(1...10),
                    isExclusive: self.random.chance(5),
                    waitDeadline: self.random.chance(3)
                        ? self.now + .milliseconds(Int64(self.random.next(0...5_000))) : .distantFuture
                )
            )
        }
        if count == 1, self.random.chance(4) {
            self.waiting.insert(contentsOf: samples, at: 0)
            self.handle(self.pool.enqueue(samples[0], atFront: true, now: self.now))
        } else {
            self.waiting += samples
            self.handle(self.pool.enqueue(contentsOf: samples, now: self.now))
        }
    }

    private mutating func wakeOne() {
        guard !self.woken.isEmpty else { return }
        self.take(self.woken[self.random.next(0...self.woken.count - 1)])
    }

    private mutating func wakeAll() {
        var rounds = 0
        while !self.woken.isEmpty {
            self.wakeOne()
            rounds += 1
            if rounds > 2_000 { return self.fault("told to take again and again") }
        }
    }

    private mutating func take(_ id: PoolConnectionID) {
        self.woken.removeAll { $0 == id }
        let state = self.connections[id.number]?.state
        var samples: [PoolSample] = []
        let actions = self.pool.take(id, atMost: self.random.next(1...6), into: &samples, now: self.now)
        if !samples.isEmpty, state != .open { self.fault("given to a connection that is not open") }
        for sample in samples {
            guard let index = self.waiting.firstIndex(of: sample) else {
                self.fault("\(sample.waiterID) is given and does not wait")
                continue
            }
            let overtaken = self.waiting[..<index].filter { $0.waitDeadline > self.now }
            if overtaken.contains(where: { !$0.isExclusive || sample.isExclusive }),
                self.configuration.waitLimit == nil
            {
                self.fault("\(sample.waiterID) overtakes")
            }
            self.waiting.remove(at: index)
            self.connections[id.number]?.inFlight.append(sample)
            self.connections[id.number]?.taken += 1
            self.given += 1
        }
        self.handle(actions)
    }

    private mutating func opened(_ id: PoolConnectionID) {
        self.connections[id.number]?.state = .open
        self.handle(self.pool.opened(id, now: self.now))
    }

    private mutating func finish(_ id: PoolConnectionID, _ count: Int) {
        guard count > 0, let connection = self.connections[id.number] else { return }
        for sample in connection.inFlight.prefix(count) { self.end(sample) }
        self.connections[id.number]?.inFlight.removeFirst(count)
        let failed = self.random.chance(3) ? 1 : 0
        self.handle(self.pool.finished(id, accepted: count - failed, failed: failed, now: self.now))
    }

    private mutating func close(_ id: PoolConnectionID) {
        guard self.connections[id.number]?.inFlight.isEmpty == true else { return }
        self.connections[id.number] = nil
        self.handle(self.pool.closed(id, now: self.now))
    }

    /// A connection breaks: the last of what it has is returned, and the rest failed.
    private mutating func lose() {
        guard let id = self.any(.open), let connection = self.connections[id.number] else { return }
        let failed = connection.inFlight.isEmpty ? 0 : self.random.next(0...connection.inFlight.count)
        self.finish(id, failed)
        let left = self.connections[id.number]?.inFlight ?? []
        self.connections[id.number]?.inFlight = []
        self.waiting.insert(contentsOf: left, at: 0)
        self.handle(self.pool.returned(left, from: id, now: self.now))
        self.check()
        self.close(id)
    }

    private mutating func fire() {
        guard let timer = self.timer else { return }
        self.now = max(self.now, timer)
        self.timer = nil
        self.handle(self.pool.timerFired(now: self.now))
        if let timer = self.timer, timer <= self.now { self.fault("a timer in the past") }
    }

    private mutating func cancel() {
        guard self.lastID > 0 else { return }
        let id = UInt64(self.random.next(1...Int(self.lastID)))
        let (message, actions) = self.pool.cancel(waiterID: id, now: self.now)
        let index = self.waiting.firstIndex { $0.waiterID == id }
        if (message == nil) != (index == nil) { self.fault("\(id) is cancelled wrongly") }
        if let index { self.end(self.waiting.remove(at: index)) }
        self.handle(actions)
    }

    private mutating func end(_ sample: PoolSample) {
        if !self.ended.insert(sample.waiterID).inserted { self.fault("\(sample.waiterID) ends twice") }
    }

    private mutating func handle(_ actions: PoolActions<PoolSample>) {
        var timers = 0
        for action in actions {
            switch action {
            case .open(let id): self.connections[id.number] = Connection(id: id)
            case .wake(let id):
                if self.woken.contains(id), self.connections[id.number]?.state == .open {
                    self.fault("\(id) is told twice to take")
                }
                self.woken.append(id)
            case .close(let id, let reason):
                if self.connections[id.number] == nil { self.fault("closes \(id), which is gone") }
                if !self.isCut, self.connections[id.number]?.inFlight.isEmpty == false {
                    self.fault("\(id) is cut: \(reason)")
                }
                self.connections[id.number]?.state = .closing
            case .fail(let sample, let failure):
                if let index = self.waiting.firstIndex(of: sample) {
                    self.waiting.remove(at: index)
                } else {
                    self.fault("\(sample.waiterID) fails and does not wait: \(failure)")
                }
                self.end(sample)
            case .setTimer(let time):
                timers += 1
                if let timer, time >= timer { self.fault("the timer is put off") }
                self.timer = time
            case .drained: self.drained += 1
            }
        }
        if timers > 1 { self.fault("more than one timer") }
    }

    /// What has to be so at any time.
    private mutating func check() {
        if self.connections.count > self.configuration.maximumConnections {
            self.fault("too many connections")
        }
        for connection in self.connections.values {
            if connection.inFlight.count > self.configuration.maximumInFlight {
                self.fault("too many in flight")
            }
            if connection.taken > self.configuration.maximumMessagesPerConnection ?? .max {
                self.fault("too many messages on a connection")
            }
            if connection.inFlight.count > 1, connection.inFlight.contains(where: \.isExclusive) {
                self.fault("an exclusive message is not alone")
            }
        }
        let statistics = self.pool.statistics
        if statistics.waiting != self.waiting.count { self.fault("waiting: \(statistics)") }
        if statistics.inFlight != self.connections.values.reduce(0, { $0 + $1.inFlight.count }) {
            self.fault("in flight: \(statistics)")
        }
        for (state, count) in [
            (State.opening, statistics.opening), (.open, statistics.open), (.closing, statistics.closing),
        ] where self.connections.values.count(where: { $0.state == state }) != count {
            self.fault("\(state): \(statistics)")
        }
    }

    private mutating func any(_ state: State) -> PoolConnectionID? {
        let numbers = self.connections.values.filter { $0.state == state }.map(\.id.number).sorted()
        guard !numbers.isEmpty else { return nil }
        return self.connections[numbers[self.random.next(0...numbers.count - 1)]]?.id
    }

    private mutating func fault(_ text: String) { self.faults.append(text) }
}
