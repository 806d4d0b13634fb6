internal import NIOCore

// MARK: - Messages to connections

extension PoolStateMachine {
    /// Appends the messages a connection gets now, and returns how many; that they are in flight is not noted yet.
    mutating func give(
        _ index: Int,
        atMost: Int,
        into messages: inout [Message],
        now: NIODeadline,
        _ actions: inout Actions
    ) -> Int {
        let connection = self.connections[index]
        var limit = min(
            atMost,
            connection.room(maximumInFlight: self.maximumInFlight),
            self.maximumPerConnection - connection.taken
        )
        guard limit > 0, self.waiting > 0, self.pace.gives(at: now) else { return 0 }
        limit = min(limit, self.share(of: index))
        var count = 0
        while count < limit {
            if self.exclusive.firstOrder < self.ordinary.firstOrder {
                if self.exclusive.firstDeadline <= now {
                    if let message = self.popExclusive() { actions.append(.fail(message, .deadline)) }
                    continue
                }
                guard connection.inFlight + count > 0 else {
                    return self.giveExclusive(index, into: &messages, now: now)
                }
                // What is given in this call must be noted before a connection is chosen for the message.
                guard count == 0, !self.exclusiveAwaitsRate else { break }
                self.reserve()
                guard let reserved = self.reserved, reserved != index else { break }
            }
            guard let next = self.ordinary.first else { break }
            if self.ordinary.firstDeadline <= now {
                _ = self.ordinary.popFirst()
                actions.append(.fail(next, .deadline))
                continue
            }
            guard self.pay(next, now: now) else { break }
            _ = self.ordinary.popFirst()
            messages.append(next)
            count += 1
        }
        return count
    }

    private mutating func giveExclusive(_ index: Int, into messages: inout [Message], now: NIODeadline) -> Int
    {
        guard let next = self.exclusive.first else { return 0 }
        guard self.pay(next, now: now) else {
            self.reserved = index
            self.exclusiveAwaitsRate = true
            return 0
        }
        _ = self.popExclusive()
        messages.append(next)
        self.update(index) { $0.isExclusive = true }
        return 1
    }

    private mutating func pay(_ message: Message, now: NIODeadline) -> Bool {
        if self.pace.pay(recipients: message.recipientCount, now: now) { return true }
        self.setTimer(self.pace.rateUntil)
        return false
    }

    /// Share of a connection in what waits, so that the others find something too.
    private func share(of index: Int) -> Int {
        var sharers = self.tally.withRoom + self.tally.opening
        if let reserved, reserved != index { sharers -= 1 }
        sharers = max(1, sharers)
        return max(1, (self.waiting + sharers - 1) / sharers)
    }

    private mutating func popExclusive() -> Message? {
        defer { self.exclusiveLeft() }
        return self.exclusive.popFirst()
    }

    /// The first exclusive message may be another one now.
    mutating func exclusiveLeft() {
        self.reserved = nil
        self.exclusiveAwaitsRate = false
    }

    /// Chooses the connection that becomes empty for the first exclusive message, if that is at the head.
    private mutating func reserve() {
        guard self.reserved == nil, self.exclusive.firstOrder < self.ordinary.firstOrder else { return }
        var best: Int?
        for index in self.connections.indices where self.connections[index].isOpen {
            guard let other = best else {
                best = index
                continue
            }
            // One that has an exclusive message already may have it for long.
            let (new, old) = (self.connections[index], self.connections[other])
            if (new.isExclusive ? 1 : 0, new.inFlight) < (old.isExclusive ? 1 : 0, old.inFlight) {
                best = index
            }
        }
        self.reserved = best
    }

    /// Tells connections with room to take: one for each message that waits, as far as there are.
    mutating func distribute(now: NIODeadline, _ actions: inout Actions) {
        guard self.tally.ready > 0, self.tally.woken < self.waiting, self.pace.gives(at: now) else { return }
        if !self.exclusive.isEmpty { self.reserve() }
        while self.tally.woken < self.waiting, self.tally.ready > 0, let index = self.nextToWake() {
            self.update(index) { $0.isWoken = true }
            actions.append(.wake(self.id(of: index)))
        }
    }

    /// The idle connection that was used last, or else the one with the fewest messages.
    private func nextToWake() -> Int? {
        let takesOrdinary =
            !self.ordinary.isEmpty
            && !(self.exclusiveAwaitsRate && self.exclusive.firstOrder < self.ordinary.firstOrder)
        var best: Int?
        for index in self.connections.indices {
            let connection = self.connections[index]
            guard !connection.isWoken, connection.room(maximumInFlight: self.maximumInFlight) > 0 else {
                continue
            }
            // It must be certain to get something, or it would be told to take again and again.
            guard connection.inFlight == 0 || takesOrdinary && index != self.reserved else { continue }
            guard let other = best.map({ self.connections[$0] }) else {
                best = index
                continue
            }
            if connection.inFlight != other.inFlight
                ? connection.inFlight < other.inFlight : connection.lastUse > other.lastUse
            {
                best = index
            }
        }
        return best
    }

    /// Fails all that wait, in order.
    mutating func failWaiting(_ failure: PoolWaitFailure, _ actions: inout Actions) {
        while self.waiting > 0 {
            let isExclusive = self.exclusive.firstOrder < self.ordinary.firstOrder
            guard let message = isExclusive ? self.popExclusive() : self.ordinary.popFirst() else { return }
            actions.append(.fail(message, failure))
        }
    }
}

// MARK: - Connections

extension PoolStateMachine {
    /// Opens connections as far as messages want them.
    mutating func grow(now: NIODeadline, _ actions: inout Actions) {
        while self.tally.total < self.pace.cap, self.waiting > self.tally.idle,
            self.waiting + self.tally.inFlight > self.tally.open + self.tally.opening,
            self.pace.grows(at: now),
            // What the rate limit holds back, more connections do not send sooner.
            now >= self.pace.rateUntil || self.tally.open + self.tally.opening == 0
        {
            self.open(&actions)
        }
    }

    /// Opens connections that are kept whether or not messages want them.
    mutating func replenish(now: NIODeadline, _ actions: inout Actions) {
        while self.tally.open + self.tally.opening < self.minimumConnections,
            self.tally.total < self.pace.cap,
            self.pace.grows(at: now)
        {
            self.open(&actions)
        }
    }

    /// Has connections that are too old take no more.
    mutating func endAged(now: NIODeadline, _ actions: inout Actions) {
        guard let lifetime else { return }
        for index in self.connections.indices {
            let connection = self.connections[index]
            if connection.isOpen, connection.openedAt + lifetime <= now {
                self.retire(index, .lifetime, &actions)
            }
        }
    }

    /// Closes connections that have been idle for too long, the longest idle ones first.
    mutating func endIdle(now: NIODeadline, _ actions: inout Actions) {
        guard let idleTime else { return }
        while self.hasSpare {
            var oldest: Int?
            for index in self.connections.indices {
                let connection = self.connections[index]
                guard connection.isIdle, !connection.isWoken, connection.idleSince + idleTime <= now else {
                    continue
                }
                if oldest.map({ connection.lastUse < self.connections[$0].lastUse }) ?? true {
                    oldest = index
                }
            }
            guard let oldest else { return }
            self.connections[oldest].isWorthReplacing = true
            self.close(oldest, .idle, &actions)
        }
    }

    /// Has a connection take no more, and closes it if it is empty.
    mutating func retire(_ index: Int, _ reason: PoolCloseReason, _ actions: inout Actions) {
        if reason != .retired { self.connections[index].isWorthReplacing = true }
        switch self.connections[index].state {
        case .opening: self.close(index, reason, &actions)
        case .open where self.connections[index].inFlight == 0: self.close(index, reason, &actions)
        case .open:
            if self.reserved == index { self.reserved = nil }
            self.update(index) {
                $0.state = .retiring(reason)
                $0.isWoken = false
            }
        case .retiring, .closing, .vacant: break
        }
    }

    mutating func close(_ index: Int, _ reason: PoolCloseReason, _ actions: inout Actions) {
        if self.reserved == index { self.reserved = nil }
        self.update(index) {
            $0.state = .closing
            $0.isWoken = false
        }
        actions.append(.close(self.id(of: index), reason))
    }

    /// Closes what has nothing left to do, and tells when all is done.
    mutating func goOnShuttingDown(_ actions: inout Actions) {
        guard self.phase != .drained, self.waiting == 0 else { return }
        for index in self.connections.indices {
            switch self.connections[index].state {
            case .opening: self.close(index, .shutDown, &actions)
            case .open where self.connections[index].inFlight == 0: self.close(index, .shutDown, &actions)
            case .open, .retiring, .closing, .vacant: break
            }
        }
        guard self.tally.total == 0 else { return }
        self.phase = .drained
        actions.append(.drained)
    }

    /// The place of a connection that is gone.
    mutating func vacate(_ index: Int) {
        if self.reserved == index { self.reserved = nil }
        self.update(index) { $0 = PoolConnection() }
    }

    /// Changes a connection and the sums with it.
    mutating func update(_ index: Int, _ change: (inout PoolConnection) -> Void) {
        self.tally.count(self.connections[index], maximumInFlight: self.maximumInFlight, times: -1)
        change(&self.connections[index])
        self.tally.count(self.connections[index], maximumInFlight: self.maximumInFlight)
    }

    func index(of id: ConnectionID) -> Int? {
        guard id.slot < self.connections.count, self.connections[id.slot].number == id.number else {
            return nil
        }
        return id.slot
    }

    private func id(of index: Int) -> ConnectionID {
        ConnectionID(slot: index, number: self.connections[index].number)
    }
}

// MARK: - Time

extension PoolStateMachine {
    /// Whether there are more connections than the least number, so that an idle one may be closed.
    private var hasSpare: Bool { self.tally.open + self.tally.opening > self.minimumConnections }

    /// Has the timer fire when an idle connection is due.
    mutating func setIdleTimer(_ index: Int) {
        guard let idleTime, self.hasSpare else { return }
        self.setTimer(self.connections[index].idleSince + idleTime)
    }

    /// Earliest time at which something is due.
    func nextTimer(after now: NIODeadline) -> NIODeadline {
        var next = min(self.ordinary.earliestDeadline, self.exclusive.earliestDeadline)
        next = min(next, self.pace.nextChange(after: now))
        for index in self.connections.indices where self.connections[index].isOpen {
            let connection = self.connections[index]
            if let lifetime { next = min(next, connection.openedAt + lifetime) }
            if let idleTime, self.hasSpare, connection.inFlight == 0, !connection.isWoken {
                next = min(next, connection.idleSince + idleTime)
            }
        }
        return next
    }
}
