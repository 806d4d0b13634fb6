package import NIOCore

/// The decisions of a pool of connections: which are opened and closed, and which message goes where.
///
/// Messages wait in one queue, and connections take from it when they have room. The machine does nothing itself:
/// it is told what happened and when, and returns what is to be done, in order. A driver that holds a lock calls
/// it, and executes the actions.
package struct PoolStateMachine<Message: PoolMessage>: Sendable {
    package typealias ConnectionID = PoolConnectionID
    package typealias Action = PoolAction<Message>
    package typealias Actions = PoolActions<Message>

    enum Phase: Sendable {
        case running
        /// Refuses new messages and closes what has nothing left to do.
        case draining
        /// Waits for connections that are cut to be closed.
        case aborted
        case drained
    }

    let maximumInFlight: Int
    let maximumPerConnection: Int
    let minimumConnections: Int
    let idleTime: TimeAmount?
    let lifetime: TimeAmount?
    private let waitLimit: TimeAmount?
    private let maximumWaiting: Int
    /// A connection that ends unused within this time did not really open.
    private let infancy: TimeAmount

    var phase = Phase.running
    /// Messages that go anywhere, and those that want a connection for themselves; one order runs through both.
    var ordinary = WaitQueue<Message>()
    var exclusive = WaitQueue<Message>()
    private var nextOrder: Int64 = 0
    private var nextFrontOrder: Int64 = -1

    var connections: [PoolConnection] = []
    var tally = PoolTally()
    private var lastNumber: UInt64 = 0
    private var lastUse: UInt64 = 0
    /// The connection that takes nothing more, so that it becomes empty for the first exclusive message.
    var reserved: Int?
    /// Whether the first exclusive message had a connection and the rate limit held it back.
    var exclusiveAwaitsRate = false

    var pace: PoolPace
    private var isWarm = false
    /// Whether the last that was heard of the server speaks for opening connections nobody waits for.
    var replenishes = true

    /// Time for which the driver's timer is set.
    private(set) var timer = NIODeadline.distantFuture
    private var isTimerNew = false

    /// An empty pool.
    package init(configuration: PoolConfiguration) {
        self.maximumInFlight = max(1, configuration.maximumInFlight)
        self.maximumPerConnection = max(1, configuration.maximumMessagesPerConnection ?? .max)
        self.minimumConnections = min(
            configuration.minimumConnections,
            max(1, configuration.maximumConnections)
        )
        self.idleTime = configuration.idleTime.map { TimeAmount(clamping: $0) }
        self.lifetime = configuration.lifetime.map { TimeAmount(clamping: $0) }
        self.waitLimit = configuration.waitLimit.map { TimeAmount(clamping: $0) }
        self.maximumWaiting = max(1, configuration.maximumWaiting ?? .max)
        self.infancy = max(.seconds(1), TimeAmount(clamping: configuration.backOff?.initial ?? .zero))
        self.pace = PoolPace(configuration)
    }

    package var statistics: PoolStatistics {
        PoolStatistics(
            waiting: self.waiting,
            inFlight: self.tally.inFlight,
            open: self.tally.open + self.tally.retiring,
            opening: self.tally.opening,
            closing: self.tally.closing,
            idle: self.tally.idle
        )
    }

    /// Until then nothing is given out and nothing is opened.
    package var pauseUntil: NIODeadline { self.pace.pauseUntil }

    /// Messages that ended on a connection, until that is closed.
    package func messagesEnded(on connection: ConnectionID) -> Int {
        self.index(of: connection).map { self.connections[$0].ended } ?? 0
    }

    /// Messages that wait.
    var waiting: Int { self.ordinary.count + self.exclusive.count }
}

// MARK: - Messages

extension PoolStateMachine {
    /// A message wants a connection.
    ///
    /// - Parameter atFront: Whether it goes before all others.
    package mutating func enqueue(
        _ message: Message,
        atFront: Bool = false,
        now: NIODeadline
    ) -> Actions {
        var actions = Actions()
        self.admit(message, atFront: atFront, now: now, &actions)
        self.settle(now: now, &actions)
        return actions
    }

    /// Messages want connections, in order; all of them are there before a decision is made.
    package mutating func enqueue(contentsOf messages: some Sequence<Message>, now: NIODeadline) -> Actions {
        var actions = Actions()
        for message in messages { self.admit(message, atFront: false, now: now, &actions) }
        self.settle(now: now, &actions)
        return actions
    }

    /// Gives a connection messages, which are in flight from then on.
    ///
    /// It has to call this when it is told to, and may when it has room.
    ///
    /// - Parameters:
    ///   - atMost: Most messages it takes now, at least 1.
    ///   - messages: Where they are appended, in order.
    package mutating func take(
        _ connection: ConnectionID,
        atMost: Int,
        into messages: inout [Message],
        now: NIODeadline
    ) -> Actions {
        var actions = Actions()
        guard let index = self.index(of: connection) else { return actions }
        let count = self.give(index, atMost: max(1, atMost), into: &messages, now: now, &actions)
        self.update(index) {
            $0.isWoken = false
            $0.inFlight += count
            $0.taken += count
        }
        if count == 0 {
            // It may have been due to be closed while it was told to take.
            if self.connections[index].isIdle { self.setIdleTimer(index) }
        } else if self.connections[index].taken >= self.maximumPerConnection {
            self.retire(index, .messageLimit, &actions)
        }
        self.settle(now: now, &actions)
        return actions
    }

    /// Messages of a connection ended, and it has room again.
    package mutating func finished(
        _ connection: ConnectionID,
        accepted: Int,
        failed: Int,
        now: NIODeadline
    ) -> Actions {
        var actions = Actions()
        guard let index = self.index(of: connection) else { return actions }
        if accepted > 0 {
            self.pace.accepted()
            self.connections[index].isWorthReplacing = true
        }
        self.connections[index].ended += accepted + failed
        self.land(index, accepted + failed, now: now, &actions)
        self.settle(now: now, &actions)
        return actions
    }

    /// Messages of a connection were certainly not sent: they wait again, before all others, and the connection
    /// takes no more.
    package mutating func returned(
        _ messages: [Message],
        from connection: ConnectionID,
        now: NIODeadline
    ) -> Actions {
        var actions = Actions()
        guard !messages.isEmpty, let index = self.index(of: connection) else { return actions }
        for message in messages.reversed() {
            switch self.phase {
            case .running, .draining: self.wait(message, atFront: true, now: now, &actions)
            case .aborted, .drained: actions.append(.fail(message, .shutDown))
            }
        }
        self.retire(index, .retired, &actions)
        self.land(index, messages.count, now: now, &actions)
        self.settle(now: now, &actions)
        return actions
    }

    /// Takes a message back that still waits.
    package mutating func cancel(waiterID: UInt64, now: NIODeadline) -> (message: Message?, actions: Actions)
    {
        var actions = Actions()
        var message = self.ordinary.remove(id: waiterID)
        if message == nil {
            message = self.exclusive.remove(id: waiterID)
            if message != nil { self.exclusiveLeft() }
        }
        if message != nil { self.settle(now: now, &actions) }
        return (message, actions)
    }

    private mutating func admit(_ message: Message, atFront: Bool, now: NIODeadline, _ actions: inout Actions)
    {
        guard self.phase == .running else { return actions.append(.fail(message, .shutDown)) }
        guard self.waiting < self.maximumWaiting else { return actions.append(.fail(message, .queueFull)) }
        self.wait(message, atFront: atFront, now: now, &actions)
    }

    private mutating func wait(_ message: Message, atFront: Bool, now: NIODeadline, _ actions: inout Actions)
    {
        var deadline = message.waitDeadline
        if let limit = self.waitLimit { deadline = min(deadline, now + limit) }
        guard deadline > now else { return actions.append(.fail(message, .deadline)) }
        switch (atFront, message.isExclusive) {
        case (false, false): self.ordinary.append(message, order: self.nextOrder, deadline: deadline)
        case (false, true): self.exclusive.append(message, order: self.nextOrder, deadline: deadline)
        case (true, false): self.ordinary.prepend(message, order: self.nextFrontOrder, deadline: deadline)
        case (true, true): self.exclusive.prepend(message, order: self.nextFrontOrder, deadline: deadline)
        }
        if atFront { self.nextFrontOrder -= 1 } else { self.nextOrder += 1 }
        self.setTimer(deadline)
    }

    /// So many messages are no longer in flight.
    private mutating func land(_ index: Int, _ count: Int, now: NIODeadline, _ actions: inout Actions) {
        self.lastUse += 1
        let use = self.lastUse
        self.update(index) {
            $0.inFlight = max(0, $0.inFlight - count)
            guard $0.inFlight == 0 else { return }
            $0.isExclusive = false
            $0.idleSince = now
            $0.lastUse = use
        }
        guard self.connections[index].inFlight == 0 else { return }
        switch self.connections[index].state {
        case .retiring(let reason): self.close(index, reason, &actions)
        case .open: self.setIdleTimer(index)
        case .opening, .closing, .vacant: break
        }
    }
}

// MARK: - Connections

extension PoolStateMachine {
    /// A connection is open and ready.
    package mutating func opened(_ connection: ConnectionID, now: NIODeadline) -> Actions {
        var actions = Actions()
        // One that was given up meanwhile is told to close already.
        guard let index = self.index(of: connection), case .opening = self.connections[index].state else {
            return actions
        }
        self.lastUse += 1
        let use = self.lastUse
        self.update(index) {
            $0.state = .open
            $0.openedAt = now
            $0.idleSince = now
            $0.lastUse = use
        }
        self.replenishes = true
        self.pace.opened()
        self.setTimer(self.nextTimer(after: now))
        self.settle(now: now, &actions)
        return actions
    }

    /// A connection could not be opened, and is gone.
    ///
    /// - Parameters:
    ///   - isTemporary: Whether trying again later may help.
    ///   - random: Random number from 0 up to 1.
    package mutating func openFailed(
        _ connection: ConnectionID,
        isTemporary: Bool,
        random: Double,
        now: NIODeadline
    ) -> Actions {
        var actions = Actions()
        guard let index = self.index(of: connection) else { return actions }
        if case .opening = self.connections[index].state {
            self.vacate(index)
            self.openingFailed(isTemporary: isTemporary, random: random, now: now, &actions)
        } else {
            self.vacate(index)
        }
        self.settle(now: now, &actions)
        return actions
    }

    /// A connection is gone.
    ///
    /// What was in flight was finished or returned before.
    package mutating func closed(_ connection: ConnectionID, now: NIODeadline) -> Actions {
        var actions = Actions()
        guard let index = self.index(of: connection) else { return actions }
        let last = self.connections[index]
        self.vacate(index)
        // One that is gone before it was said to be open could not be opened.
        if case .opening = last.state {
            self.openingFailed(isTemporary: true, random: 0, now: now, &actions)
        } else if last.isOpen, last.taken == 0, now < last.openedAt + self.infancy, self.tally.open == 0,
            self.waiting > 0, !self.pace.isPaused(at: now)
        {
            self.openingFailed(isTemporary: true, random: 0, now: now, &actions)
        } else if !last.isWorthReplacing {
            self.replenishes = false
        }
        self.settle(now: now, &actions)
        return actions
    }

    /// A connection is to take no more messages; it is closed when the last one in flight ends.
    package mutating func retire(_ connection: ConnectionID, now: NIODeadline) -> Actions {
        var actions = Actions()
        guard let index = self.index(of: connection) else { return actions }
        self.retire(index, .retired, &actions)
        self.settle(now: now, &actions)
        return actions
    }

    /// The server wants it slower.
    ///
    /// A connection that is lost with this is retired first: the number of those that are left counts.
    ///
    /// - Parameter random: Random number from 0 up to 1.
    package mutating func backOff(_ reason: PoolBackOffReason, random: Double, now: NIODeadline) -> Actions {
        var actions = Actions()
        switch reason {
        case .closing(deliveredNothing: false): return actions
        case .throttled: self.pace.pause(endsWhenOpened: false, random: random, now: now)
        case .closing(deliveredNothing: true), .tooManyConnections:
            self.pace.pause(endsWhenOpened: false, random: random, now: now)
            self.pace.limit(to: self.tally.open)
        }
        self.setTimer(self.pace.nextChange(after: now))
        self.settle(now: now, &actions)
        return actions
    }

    private mutating func openingFailed(
        isTemporary: Bool,
        random: Double,
        now: NIODeadline,
        _ actions: inout Actions
    ) {
        self.replenishes = false
        self.pace.openFailed(hasOthers: self.tally.open + self.tally.opening > 0, random: random, now: now)
        if self.tally.open == 0 {
            if isTemporary { self.pace.pause(endsWhenOpened: true, random: random, now: now) }
            if !isTemporary || self.tally.opening == 0 { self.failWaiting(.connect, &actions) }
        }
        self.setTimer(self.pace.nextChange(after: now))
    }
}

// MARK: - The whole pool

extension PoolStateMachine {
    /// Opens the least number of connections ahead of the messages, and keeps them from now on.
    package mutating func warmUp(now: NIODeadline) -> Actions {
        var actions = Actions()
        self.isWarm = true
        self.replenishes = true
        self.settle(now: now, &actions)
        return actions
    }

    /// Shuts the pool down: it refuses new messages, finishes those that wait and are in flight, and closes the
    /// connections.
    package mutating func drain(now: NIODeadline) -> Actions {
        var actions = Actions()
        if self.phase == .running { self.phase = .draining }
        self.settle(now: now, &actions)
        return actions
    }

    /// Shuts the pool down at once: what waits fails, and all connections are cut.
    package mutating func shutDownNow(now: NIODeadline) -> Actions {
        var actions = Actions()
        guard self.phase == .running || self.phase == .draining else { return actions }
        self.phase = .aborted
        self.failWaiting(.shutDown, &actions)
        for index in self.connections.indices where !self.connections[index].isVacant {
            self.close(index, .immediately, &actions)
        }
        self.settle(now: now, &actions)
        return actions
    }

    /// The timer is due.
    package mutating func timerFired(now: NIODeadline) -> Actions {
        var actions = Actions()
        guard self.phase == .running || self.phase == .draining else { return actions }
        self.timer = .distantFuture
        let exclusives = self.exclusive.count
        self.ordinary.removeOverdue(at: now) { actions.append(.fail($0, .deadline)) }
        self.exclusive.removeOverdue(at: now) { actions.append(.fail($0, .deadline)) }
        if self.exclusive.count < exclusives { self.exclusiveLeft() }
        self.pace.raiseCap(now: now)
        self.endAged(now: now, &actions)
        self.endIdle(now: now, &actions)
        self.setTimer(self.nextTimer(after: now))
        self.settle(now: now, &actions)
        return actions
    }

    /// Does what is due behind any change.
    private mutating func settle(now: NIODeadline, _ actions: inout Actions) {
        if self.waiting > 0 {
            self.distribute(now: now, &actions)
            self.grow(now: now, &actions)
        }
        if self.phase != .running {
            self.goOnShuttingDown(&actions)
        } else if self.isWarm, self.replenishes {
            self.replenish(now: now, &actions)
        }
        if self.isTimerNew, self.phase == .running || self.phase == .draining {
            actions.append(.setTimer(self.timer))
        }
        self.isTimerNew = false
    }

    /// Has the timer fire then, or earlier.
    mutating func setTimer(_ time: NIODeadline) {
        guard time < self.timer else { return }
        self.timer = time
        self.isTimerNew = true
    }

    /// Opens a connection.
    mutating func open(_ actions: inout Actions) {
        self.lastNumber += 1
        let index: Int
        if let vacant = self.connections.firstIndex(where: \.isVacant) {
            index = vacant
        } else {
            index = self.connections.endIndex
            self.connections.append(PoolConnection())
        }
        let number = self.lastNumber
        self.update(index) { $0 = PoolConnection(number: number, state: .opening) }
        actions.append(.open(ConnectionID(slot: index, number: number)))
    }
}
