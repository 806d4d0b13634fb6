internal import NIOConcurrencyHelpers
internal import NIOCore
internal import NIOOpenSSL
internal import SMTPCore

/// Carries out what ``PoolStateMachine`` decides: the connections of one client with one server.
///
/// Messages wait in one queue; connections pull from it on their own event loops.
final class ConnectionPool: ParcelSource, Sendable {
    private typealias Machine = PoolStateMachine<Parcel>

    private struct State: Sendable {
        var machine: Machine
        var sessions: [PoolConnectionID: SMTPSession] = [:]
        var opening: [PoolConnectionID: Task<Void, Never>] = [:]
        /// Why connections end that were told to.
        var closing: [PoolConnectionID: PoolCloseReason] = [:]
        var timer: Scheduled<Void>?
        var lastOpenError: SMTPError?
        var distrustsPipelining = false
        var drained: [CheckedContinuation<Void, Never>] = []
        var isDrained = false
        /// Built when the first session needs it, and shared by all.
        var tlsContext: TLSContext?
    }

    let server: SMTPServer
    let maximumInFlight: Int
    private let configuration: SMTPConfiguration
    private let observer: Observer
    /// Nil where nobody wants to know what the pool holds.
    private let gauges: PoolGauges?
    private let timerLoop: any EventLoop
    private let state: NIOLockedValueBox<State>

    init(
        server: SMTPServer,
        configuration: SMTPConfiguration,
        pool: PoolConfiguration,
        observer: Observer,
        gauges: PoolGauges? = nil
    ) {
        self.server = server
        self.configuration = configuration
        self.maximumInFlight = max(1, pool.maximumInFlight)
        self.observer = observer
        self.gauges = gauges
        self.timerLoop = configuration.eventLoopGroup.any()
        self.state = NIOLockedValueBox(State(machine: PoolStateMachine(configuration: pool)))
    }

    // MARK: For the client

    /// Sends a message as soon as a connection has room for it.
    func submit(_ parcel: Parcel) {
        self.step { $0.machine.enqueue(parcel, now: .now()) }
    }

    /// Sends messages, in order.
    func submit(contentsOf parcels: [Parcel]) {
        self.step { $0.machine.enqueue(contentsOf: parcels, now: .now()) }
    }

    /// The task that waits for a message was cancelled.
    func cancel(_ waiterID: UInt64) {
        guard !self.takeBack(waiterID) else { return }
        for session in self.state.withLockedValue({ Array($0.sessions.values) }) {
            session.channel.eventLoop.execute { session.assumeIsolated { $0.cancelParcel(waiterID) } }
        }
    }

    /// Takes a message back if it waits.
    func cancelWaiting(_ waiterID: UInt64) {
        _ = self.takeBack(waiterID)
    }

    private func takeBack(_ waiterID: UInt64) -> Bool {
        var waiting: Parcel?
        self.step { state in
            let (parcel, actions) = state.machine.cancel(waiterID: waiterID, now: .now())
            waiting = parcel
            return actions
        }
        guard let waiting else { return false }
        Self.fail(waiting, SMTPError(ConnectionFailure.cancelled, stage: .connect))
        return true
    }

    /// Opens the connections that are always kept.
    func warmUp() {
        self.step { $0.machine.warmUp(now: .now()) }
    }

    /// How many messages and connections there are.
    var statistics: PoolStatistics { self.state.withLockedValue { $0.machine.statistics } }

    /// Refuses new messages, lets those that wait or are in flight end, and closes every connection.
    func drain() async {
        self.step { $0.machine.drain(now: .now()) }
        await self.waitUntilDrained()
    }

    /// Refuses new messages and those that wait, and closes every connection at once.
    func shutDownNow() async {
        self.step { $0.machine.shutDownNow(now: .now()) }
        await self.waitUntilDrained()
    }

    private func waitUntilDrained() async {
        await withCheckedContinuation { continuation in
            let isDrained = self.state.withLockedValue { state in
                if !state.isDrained { state.drained.append(continuation) }
                return state.isDrained
            }
            if isDrained { continuation.resume() }
        }
    }

    // MARK: For the connections

    func take(
        _ connection: PoolConnectionID,
        atMost count: Int,
        finished: ParcelTally,
        into parcels: inout [Parcel]
    ) {
        let now = NIODeadline.now()
        let known = parcels.count
        var before: PoolActions<Parcel>?
        let actions = self.state.withLockedValue { state in
            if !finished.isEmpty {
                before = state.machine.finished(
                    connection,
                    accepted: finished.accepted,
                    failed: finished.failed,
                    now: now
                )
            }
            return count > 0
                ? state.machine.take(connection, atMost: count, into: &parcels, now: now) : nil
        }
        if let before { self.perform(before) }
        if let actions { self.perform(actions) }
        if let gauges { self.tell(gauges, taken: parcels[known...], now: now) }
    }

    private func tell(_ gauges: PoolGauges, taken parcels: ArraySlice<Parcel>, now: NIODeadline) {
        gauges.update(self) { self.statistics }
        for parcel in parcels where parcel.isOnFirstConnection {
            self.observer.waitEnded(duration: now.since(parcel.submitted))
        }
    }

    func returned(_ connection: PoolConnectionID, _ parcels: [Parcel]) {
        self.observer.movedToNewConnection(count: parcels.count)
        self.step { $0.machine.returned(parcels, from: connection, now: .now()) }
        // A wait that was cancelled while its message was on the way from one connection to another.
        for parcel in parcels where parcel.waiter.isCancelled { self.cancel(parcel.waiterID) }
    }

    func slowDown(_ connection: PoolConnectionID, _ reply: Reply, hasDelivered: Bool) {
        let reason: PoolBackOffReason =
            switch reply.code.value {
            case 421: .closing(deliveredNothing: !hasDelivered)
            case 432: .tooManyConnections
            default: .throttled
            }
        self.stepThatMayPause(reason.words) {
            $0.machine.backOff(reason, random: .random(in: 0..<1), now: $1)
        }
    }

    func retired(_ connection: PoolConnectionID) {
        self.step { $0.machine.retire(connection, now: .now()) }
    }

    func distrustPipelining() {
        let sessions = self.state.withLockedValue { state in
            state.distrustsPipelining = true
            return Array(state.sessions.values)
        }
        for session in sessions {
            session.channel.eventLoop.execute { session.assumeIsolated { $0.distrustPipelining() } }
        }
    }

    func ended(_ connection: PoolConnectionID, _ failure: ConnectionFailure?) {
        let (reason, messages) = self.state.withLockedValue { state in
            state.sessions[connection] = nil
            let messages = state.machine.messagesEnded(on: connection)
            if messages == 0, let failure { state.lastOpenError = SMTPError(failure, stage: .mail) }
            return (state.closing.removeValue(forKey: connection), messages)
        }
        self.observer.connectionClosed(
            id: connection.number,
            reason: (reason == .retired ? nil : reason)?.words ?? failure?.closingWords
                ?? PoolCloseReason.retired.words,
            messages: messages
        )
        self.stepThatMayPause("connections end before they are used") {
            $0.machine.closed(connection, now: $1)
        }
    }

    // MARK: Carrying out

    private func step(_ body: (inout State) -> PoolActions<Parcel>) {
        let actions = self.state.withLockedValue(body)
        // Before somebody who waits for the end hears of it.
        if let gauges { gauges.update(self) { self.statistics } }
        self.perform(actions)
    }

    /// A step behind which the pool may leave the server alone for a while, which is told then.
    private func stepThatMayPause(
        _ reason: StaticString,
        _ body: (inout State, NIODeadline) -> PoolActions<Parcel>
    ) {
        let now = NIODeadline.now()
        var pause: Duration?
        self.step { state in
            let before = state.machine.pauseUntil
            let actions = body(&state, now)
            let until = state.machine.pauseUntil
            if until > before, until > now { pause = until.since(now) }
            return actions
        }
        if let pause { self.observer.backOff(reason: reason, delay: pause) }
    }

    private func perform(_ actions: PoolActions<Parcel>) {
        for action in actions {
            switch action {
            case .open(let id): self.beginOpening(id)
            case .wake(let id): self.wake(id)
            case .close(let id, let reason): self.close(id, reason)
            case .fail(let parcel, let failure): self.fail(parcel, failure)
            case .setTimer: self.setTimer()
            case .drained: self.becomeDrained()
            }
        }
    }

    private func wake(_ id: PoolConnectionID) {
        guard let session = self.state.withLockedValue({ $0.sessions[id] }) else { return }
        session.channel.eventLoop.execute { session.assumeIsolated { $0.pull() } }
    }

    private func close(_ id: PoolConnectionID, _ reason: PoolCloseReason) {
        let (session, opening) = self.state.withLockedValue { state in
            // Kept even where opening has not begun: another thread may be about to begin it.
            state.closing[id] = reason
            return (state.sessions[id], state.opening[id])
        }
        opening?.cancel()
        if let session { Self.close(session, reason) }
    }

    private static func close(_ session: SMTPSession, _ reason: PoolCloseReason) {
        Task(executorPreference: LoopTaskExecutor(session.channel.eventLoop)) {
            if reason == .immediately { await session.close() } else { await session.quit() }
        }
    }

    private func fail(_ parcel: Parcel, _ failure: PoolWaitFailure) {
        let error =
            switch failure {
            case .deadline:
                SMTPError(.timedOut, "no connection had room in time", stage: .preparation)
            case .shutDown: SMTPError(.closed, "the client was shut down", stage: .connect)
            case .queueFull:
                SMTPError(.tooManyMessages, "too many messages wait already", stage: .preparation)
            case .connect:
                self.state.withLockedValue { $0.lastOpenError }
                    ?? SMTPError(.cannotConnect, "no connection could be opened", stage: .connect)
            }
        Self.fail(parcel, error)
    }

    private static func fail(_ parcel: Parcel, _ error: SMTPError) {
        [ParcelOutcome(parcel: parcel, result: parcel.result(endingWith: error))].deliver()
    }

    /// Sets the timer for the time the machine wants by now: actions of several threads may be carried out in any
    /// order.
    private func setTimer() {
        self.state.withLockedValue { state in
            state.timer?.cancel()
            state.timer = nil
            let deadline = state.machine.timer
            guard deadline != .distantFuture else { return }
            state.timer = self.timerLoop.scheduleTask(deadline: deadline) { [weak self] () -> Void in
                self?.step { $0.machine.timerFired(now: .now()) }
            }
        }
    }

    private func becomeDrained() {
        let (waiters, timer) = self.state.withLockedValue { state in
            state.isDrained = true
            defer { state.drained = [] }
            return (state.drained, state.timer)
        }
        timer?.cancel()
        for waiter in waiters { waiter.resume() }
    }

    // MARK: Opening

    private func beginOpening(_ id: PoolConnectionID) {
        // Everything about a connection happens on its event loop: a task that waits there is woken there.
        let executor = LoopTaskExecutor(self.configuration.eventLoopGroup.next())
        self.state.withLockedValue { state in
            state.opening[id] = Task(executorPreference: executor) { await self.open(id) }
        }
    }

    private func open(_ id: PoolConnectionID) async {
        let start = NIODeadline.now()
        self.observer.connectionOpening(id: id.number)
        do throws(SMTPError) {
            let session = try await self.connect()
            self.observer.connectionOpened(
                id: id.number,
                duration: NIODeadline.now().since(start),
                tls: await session.tls,
                peerAddress: session.channel.remoteAddress?.ipAddress
            )
            let closing = self.state.withLockedValue { state in
                state.opening[id] = nil
                state.sessions[id] = session
                state.lastOpenError = nil
                return state.closing[id]
            }
            await session.serve(self, as: id)
            self.step { $0.machine.opened(id, now: .now()) }
            // It may have been given up too late for the task to notice.
            if let closing { Self.close(session, closing) }
        } catch {
            self.observer.connectionFailed(
                id: id.number,
                error: error,
                duration: NIODeadline.now().since(start)
            )
            let isTemporary = error.retryAdvice != .doNotRetry
            self.stepThatMayPause("no connection can be opened") { state, now in
                state.opening[id] = nil
                state.closing[id] = nil
                state.lastOpenError = error
                return state.machine.openFailed(
                    id,
                    isTemporary: isTemporary,
                    random: .random(in: 0..<1),
                    now: now
                )
            }
        }
    }

    /// A session ready to send.
    private func connect() async throws(SMTPError) -> SMTPSession {
        let context = try self.context()
        let session = try await SMTPSession.connect(
            to: self.server,
            configuration: self.configuration,
            tlsContext: context
        )
        do throws(SMTPError) {
            if self.state.withLockedValue({ $0.distrustsPipelining }) { await session.distrustPipelining() }
            try await session.prepare()
            return session
        } catch {
            await session.quit()
            throw error
        }
    }

    private func context() throws(SMTPError) -> TLSContext? {
        if self.server.tls == .plaintext { return nil }
        if let context = self.state.withLockedValue({ $0.tlsContext }) { return context }
        let context = try TLSSetup.context(of: self.configuration)
        return self.state.withLockedValue { state in
            // Two connections may have built one at the same time; all share the first.
            let shared = state.tlsContext ?? context
            state.tlsContext = shared
            return shared
        }
    }
}
