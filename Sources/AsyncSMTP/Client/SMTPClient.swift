internal import NIOConcurrencyHelpers
internal import NIOCore
internal import SMTPCore

/// Sends messages through one server, or through the first of several that works, over as many connections as are
/// needed and allowed.
///
/// One client serves a whole program: it is safe to use from any task, connects when the first message is
/// sent, and keeps connections for the next. Several messages may be in flight on one connection; what becomes
/// of one never disturbs another.
///
/// ```swift
/// let client = SMTPClient(try SMTPServer(host: "relay.example.org"))
/// let receipt = try await client.send(message)
/// await client.shutdown()
/// ```
public final class SMTPClient: Sendable {
    /// The servers, the preferred one first.
    public let servers: [SMTPServer]
    /// How sessions behave.
    public let configuration: SMTPConfiguration
    /// Which limits connections keep.
    public let poolConfiguration: PoolConfiguration

    private struct State: Sendable {
        var selection: ServerSelection
        var nextIdentity: UInt64 = 0
    }

    private let pools: [ConnectionPool]
    let observer: Observer
    private let state: NIOLockedValueBox<State>
    private let time: RetryTime

    /// The preferred server.
    public var server: SMTPServer { self.pools[0].server }

    /// Makes a client; nothing is connected yet.
    ///
    /// - Parameters:
    ///   - server: Where messages go.
    ///   - configuration: How sessions behave.
    ///   - pool: How many connections there may be, and for how long.
    public convenience init(
        _ server: SMTPServer,
        configuration: SMTPConfiguration = SMTPConfiguration(),
        pool: PoolConfiguration = PoolConfiguration()
    ) {
        self.init(server, fallingBackTo: [], configuration: configuration, pool: pool, time: RetryTime())
    }

    /// Makes a client that may have so many connections; nothing is connected yet.
    ///
    /// - Parameters:
    ///   - server: Where messages go.
    ///   - configuration: How sessions behave.
    ///   - maximumConnections: Most connections at a time, at least 1. What exceeds them waits in order.
    public convenience init(
        _ server: SMTPServer,
        configuration: SMTPConfiguration = SMTPConfiguration(),
        maximumConnections: Int
    ) {
        var pool = PoolConfiguration()
        pool.maximumConnections = max(1, maximumConnections)
        self.init(server, configuration: configuration, pool: pool)
    }

    /// Makes a client with several servers; nothing is connected yet.
    ///
    /// A server that cannot be reached, or ends the connection before it can have accepted the message, is set
    /// aside for a while, and the message goes to the next. A refusal of sender, recipient or content is the
    /// answer, whichever server gives it.
    ///
    /// - Parameters:
    ///   - server: The preferred server.
    ///   - others: The others. All are used with the same configuration, credentials included.
    ///   - order: Which one a message goes to while several work.
    ///   - configuration: How sessions behave.
    ///   - pool: How many connections there may be with each server, and for how long.
    public convenience init(
        _ server: SMTPServer,
        fallingBackTo others: [SMTPServer],
        order: ServerOrder = .ordered,
        configuration: SMTPConfiguration = SMTPConfiguration(),
        pool: PoolConfiguration = PoolConfiguration()
    ) {
        self.init(
            server,
            fallingBackTo: others,
            order: order,
            configuration: configuration,
            pool: pool,
            time: RetryTime()
        )
    }

    init(
        _ server: SMTPServer,
        fallingBackTo others: [SMTPServer],
        order: ServerOrder = .ordered,
        configuration: SMTPConfiguration,
        pool: PoolConfiguration,
        time: RetryTime
    ) {
        let servers = [server] + others
        let observer = Observer(configuration.observability, server: server)
        let gauges = PoolGauges(observer)
        self.servers = servers
        self.configuration = configuration
        self.poolConfiguration = pool
        self.observer = observer
        self.time = time
        self.pools = servers.map {
            ConnectionPool(
                server: $0,
                configuration: configuration,
                pool: pool,
                observer: observer.observing($0),
                gauges: gauges
            )
        }
        self.state = NIOLockedValueBox(
            State(selection: ServerSelection(count: servers.count, order: order))
        )
    }

    /// Runs `body` with a client that is shut down afterwards, whatever happens.
    ///
    /// - Throws: What `body` throws.
    public static func withClient<Result>(
        _ server: SMTPServer,
        configuration: SMTPConfiguration = SMTPConfiguration(),
        pool: PoolConfiguration = PoolConfiguration(),
        _ body: (SMTPClient) async throws -> Result
    ) async throws -> Result {
        let client = SMTPClient(server, configuration: configuration, pool: pool)
        do {
            let result = try await body(client)
            await client.shutdown()
            return result
        } catch {
            await client.shutdown()
            throw error
        }
    }

    /// Runs `body` with a client that may have so many connections and is shut down afterwards.
    ///
    /// - Throws: What `body` throws.
    public static func withClient<Result>(
        _ server: SMTPServer,
        configuration: SMTPConfiguration = SMTPConfiguration(),
        maximumConnections: Int,
        _ body: (SMTPClient) async throws -> Result
    ) async throws -> Result {
        var pool = PoolConfiguration()
        pool.maximumConnections = max(1, maximumConnections)
        return try await Self.withClient(server, configuration: configuration, pool: pool, body)
    }

    /// Sends one message over a connection of its own, and closes it.
    ///
    /// - Throws: ``SMTPError`` as ``send(_:options:)`` does.
    @discardableResult
    public static func send(
        _ message: some OutgoingMessage,
        through server: SMTPServer,
        configuration: SMTPConfiguration = SMTPConfiguration()
    ) async throws(SMTPError) -> SendReceipt {
        let client = SMTPClient(server, configuration: configuration, maximumConnections: 1)
        do throws(SMTPError) {
            let receipt = try await client.send(message)
            await client.shutdown()
            return receipt
        } catch {
            await client.shutdown()
            throw error
        }
    }

    /// Sends a message.
    ///
    /// The message is looked at first; one that cannot be sent never opens a connection. A connection that
    /// turns out to have been closed while it was idle is replaced silently, because nothing can have been
    /// accepted over it, and so is one that ends because of another message. What else is tried again is up to
    /// ``SMTPConfiguration/retryPolicy``: nothing by default. Recipients a server will not take over one
    /// connection (RFC 9422, MAILMAX) go over another, with one receipt for all.
    ///
    /// Cancelling the task takes the message back while it waits. One that is on its way ends at once too, and
    /// ``SMTPError/acceptance`` tells whether it may have been accepted.
    ///
    /// - Parameters:
    ///   - message: A composed ``Message``; a ``RawMessage``, whose envelope is taken from the header unless it has
    ///     one; or a type of your own.
    ///   - options: How to send; nil takes those of the configuration.
    /// - Returns: What the server said about each recipient; some may have been refused.
    /// - Throws: ``SMTPError`` when nobody accepted the message, or when that is not known;
    ///   ``SMTPError/acceptance`` tells which.
    @discardableResult
    public func send(
        _ message: some OutgoingMessage,
        options: SendOptions? = nil
    ) async throws(SMTPError) -> SendReceipt {
        let message = try await PreparedMessage.prepare(
            try PreparedMessage.form(of: message),
            Preparation(
                options ?? self.configuration.sending,
                defaults: self.configuration.messageDefaults
            )
        )
        return try await self.observer.withSendSpan(
            recipients: message.envelope.recipients.count,
            size: message.survey.size
        ) { () async throws(SMTPError) -> SendReceipt in
            let route = self.route()
            let result = await self.transmit(message, through: route)
            return try await self.settle(message, result, route: route).get()
        }
    }

    /// Opens the connections that ``PoolConfiguration/minimumConnections`` asks for, before the first message.
    public func warmUp() {
        for pool in self.pools { pool.warmUp() }
    }

    /// Waits for messages under way, ends every session by QUIT, and refuses what comes later.
    public func shutdown() async {
        await withTaskGroup { group in
            for pool in self.pools { group.addTask { await pool.drain() } }
        }
        self.observer.clientShutDown()
    }

    /// Refuses messages that wait and what comes later, and closes every connection at once.
    ///
    /// Messages in flight end with what is known about them.
    public func shutdownNow() async {
        await withTaskGroup { group in
            for pool in self.pools { group.addTask { await pool.shutDownNow() } }
        }
        self.observer.clientShutDown()
    }

    // MARK: Pools

    /// Messages that many sends have under way unless told otherwise.
    var maximumPending: Int {
        max(
            256,
            2 * max(1, self.poolConfiguration.maximumConnections)
                * max(1, self.poolConfiguration.maximumInFlight)
        )
    }

    /// Event loop for timers.
    var timerLoop: any EventLoop { self.configuration.eventLoopGroup.any() }

    /// Numbers for messages.
    func identities(_ count: Int) -> Range<UInt64> {
        self.state.withLockedValue { state in
            let first = state.nextIdentity
            state.nextIdentity += UInt64(count)
            return first..<state.nextIdentity
        }
    }

    /// Place of the server whose turn it is.
    func route() -> Int { self.chooseRoute(excluding: []) ?? 0 }

    /// Hands messages over to a server.
    func submit(_ parcels: [Parcel], through route: Int) {
        guard !parcels.isEmpty else { return }
        self.pools[route].submit(contentsOf: parcels)
    }

    /// Takes a message back that waits.
    func cancelWaiting(_ identity: UInt64) {
        for pool in self.pools { pool.cancelWaiting(identity) }
    }

    private func chooseRoute(excluding tried: Set<Int>) -> Int? {
        guard self.pools.count > 1 else { return tried.isEmpty ? 0 : nil }
        return self.state.withLockedValue {
            $0.selection.choose(at: self.time.now(), random: .random(in: 0..<1), excluding: tried)
        }
    }

    /// Sends a message once through one server.
    private func transmit(_ message: PreparedMessage, through route: Int) async -> Result<
        SendReceipt, SMTPError
    > {
        if Task.isCancelled { return .failure(SMTPError(ConnectionFailure.cancelled, stage: .connect)) }
        let pool = self.pools[route]
        let identity = self.identities(1).lowerBound
        let waiter = SingleSend()
        return await withTaskCancellationHandler {
            await waiter.outcome {
                pool.submit(Parcel(message, waiter: waiter, index: 0, route: route, waiterID: identity))
                // It may have been cancelled before there was anything to take back.
                if waiter.isCancelled { pool.cancel(identity) }
            }
        } onCancel: {
            waiter.cancel()
            pool.cancel(identity)
        }
    }

    // MARK: Trying again

    /// Whether there may be more to do about a message than to report what came of it.
    func goesOn(after result: Result<SendReceipt, SMTPError>, of message: PreparedMessage) -> Bool {
        switch result {
        case .success(let receipt):
            self.configuration.retryPolicy.maximumAttempts > 1
                && receipt.recipients.contains { $0.disposition != .accepted }
        case .failure(let error):
            self.configuration.retryPolicy.maximumAttempts > 1
                || (self.pools.count > 1 && ServerSelection.movesOn(error)) || message.asksForTooMuch(error)
        }
    }

    /// Offers a message to other servers, and again, as far as the policy allows.
    ///
    /// - Parameter route: Server of the attempt that led to `result`.
    func settle(
        _ message: PreparedMessage,
        _ result: Result<SendReceipt, SMTPError>,
        route: Int
    ) async -> Result<SendReceipt, SMTPError> {
        var (message, result) = await self.askForLess(message, result, route: route)
        self.judge(route, by: result)
        guard self.goesOn(after: result, of: message) else {
            self.note(result, attempts: 1)
            return result
        }
        var delivery = RepeatedDelivery(
            message,
            policy: self.configuration.retryPolicy,
            start: self.time.now()
        )
        var route = route
        var tried: Set<Int> = [route]
        delivery.take(result)
        while true {
            if case .failure(let error) = result, ServerSelection.movesOn(error),
                message.content.isRereadable,
                let next = self.chooseRoute(excluding: tried)
            {
                self.observer.serverSwitched(
                    from: self.servers[route],
                    to: self.servers[next],
                    error: error
                )
                route = next
            } else {
                guard await self.waitForNextAttempt(of: &delivery) else { break }
                tried = []
                route = self.route()
            }
            tried.insert(route)
            result = await self.transmit(delivery.message, through: route)
            (message, result) = await self.askForLess(delivery.message, result, route: route)
            self.judge(route, by: result)
            delivery.take(result)
        }
        self.note(delivery.result, attempts: delivery.attempts)
        return delivery.result
    }

    /// Renders a message that asked for more than the server offers for less, and sends that.
    private func askForLess(
        _ message: PreparedMessage,
        _ result: Result<SendReceipt, SMTPError>,
        route: Int
    ) async -> (message: PreparedMessage, result: Result<SendReceipt, SMTPError>) {
        var (message, result) = (message, result)
        while case .failure(let error) = result, message.asksForTooMuch(error) {
            do throws(SMTPError) {
                guard let weaker = try await message.weaker() else { break }
                message = weaker
            } catch {
                return (message, .failure(error))
            }
            result = await self.transmit(message, through: route)
        }
        return (message, result)
    }

    private func waitForNextAttempt(of delivery: inout RepeatedDelivery) async -> Bool {
        guard let delay = delivery.next(now: self.time.now(), random: .random(in: 0..<1)) else {
            return false
        }
        if let error = delivery.lastError {
            self.observer.retryScheduled(error: error, attempt: delivery.attempts, delay: delay)
        }
        do {
            if delay > .zero { try await self.time.sleep(delay) }
            return true
        } catch {
            // The task was cancelled; what is known stays true.
            return false
        }
    }

    /// Learns from a message how its server does.
    private func judge(_ route: Int, by result: Result<SendReceipt, SMTPError>) {
        guard self.pools.count > 1 else { return }
        let now = self.time.now()
        self.state.withLockedValue { state in
            if case .failure(let error) = result,
                error.code == .cancelled || error.code == .closed || error.stage == .preparation
            {
                state.selection.unused(route)
            } else if case .failure(let error) = result, ServerSelection.movesOn(error) {
                state.selection.failed(route, at: now, random: .random(in: 0..<1))
            } else {
                state.selection.succeeded(route)
            }
        }
    }

    /// Tells logs and metrics what became of a message.
    private func note(_ result: Result<SendReceipt, SMTPError>, attempts: Int) {
        switch result {
        case .success(let receipt): self.observer.sendEnded(receipt: receipt, attempts: attempts)
        case .failure(let error): self.observer.sendFailed(error: error, attempts: attempts)
        }
    }

    /// Takes the result of a message at once, where nothing more is to be done about it.
    ///
    /// - Parameter isLast: Whether nothing more is wanted.
    func settleNow(
        _ result: Result<SendReceipt, SMTPError>,
        of message: PreparedMessage,
        route: Int,
        isLast: Bool
    ) -> Bool {
        guard isLast || !self.goesOn(after: result, of: message) else { return false }
        self.judge(route, by: result)
        self.note(result, attempts: 1)
        return true
    }
}
