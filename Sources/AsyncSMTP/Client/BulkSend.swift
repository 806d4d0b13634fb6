internal import DequeModule
internal import NIOConcurrencyHelpers
internal import NIOCore
internal import SMTPCore
internal import Tracing

/// Many messages on their way at once: where they come from, and who takes the outcomes.
///
/// The producer waits while as many messages as allowed are under way or decided and not taken; the consumer
/// takes all outcomes that are there at a time. A consumer that waits is woken when there is a group of outcomes,
/// when nothing else is under way, or after a millisecond: waking a task for each would cost as much as sending.
final class BulkSend: ParcelWaiter {
    /// Outcomes for which a consumer is woken at once.
    private static let groupLength = 64
    /// Longest time an outcome waits for others.
    private static let groupTime = TimeAmount.milliseconds(1)
    /// Octets of content in memory that may be under way; one message may always be.
    private static let maximumOctets = 32 * 1024 * 1024

    private enum Phase: Sendable {
        case notStarted, running, inputEnded
    }

    private struct State: Sendable {
        var phase = Phase.notStarted
        var ready: Deque<SendOutcome> = []
        var consumer: CheckedContinuation<Void, Never>?
        var producer: CheckedContinuation<Void, Never>?
        var producerTask: Task<Void, Never>?
        /// Attempts that follow the first, by the index of their message.
        var repeats: [Int: Task<Void, Never>] = [:]
        /// Spans of messages under way, by index.
        var spans: [Int: any Span] = [:]
        /// Messages begun whose outcome was not taken.
        var outstanding = 0
        /// Messages begun that are not decided, and the octets they hold.
        var undecided = 0
        var octets = 0
        /// Whether the consumer will be woken by a timer.
        var isTimerSet = false
        /// Messages begun so far; the index of the next.
        var begun = 0
        var inputError: (any Error)?
        var isCancelled = false
        /// Identities of messages that may wait in the queue, the latest last.
        var identities: Deque<Range<UInt64>> = []

        mutating func takeConsumer() -> CheckedContinuation<Void, Never>? {
            defer { self.consumer = nil }
            return self.consumer
        }

        mutating func takeProducer() -> CheckedContinuation<Void, Never>? {
            defer { self.producer = nil }
            return self.producer
        }
    }

    /// Whoever is to go on, once the lock is free.
    private struct WakeUp {
        var producer: CheckedContinuation<Void, Never>?
        var consumer: CheckedContinuation<Void, Never>?

        func resume() {
            self.producer?.resume()
            self.consumer?.resume()
        }
    }

    private let client: SMTPClient
    private let maximumPending: Int
    private let preparation: Preparation
    private let produce: @Sendable (BulkSend) async -> Void
    private let state = NIOLockedValueBox(State())

    init(
        _ client: SMTPClient,
        maximumPending: Int,
        options: SendOptions,
        _ produce: @escaping @Sendable (BulkSend) async -> Void
    ) {
        self.client = client
        self.maximumPending = max(1, maximumPending)
        self.preparation = Preparation(options, defaults: client.configuration.messageDefaults)
        self.produce = produce
    }

    var isCancelled: Bool { self.state.withLockedValue { $0.isCancelled } }

    // MARK: Producer

    /// Waits until there is room for another message.
    ///
    /// - Returns: Messages that may be begun; 0 when no more are wanted.
    func room() async -> Int {
        await withCheckedContinuation { (continuation: CheckedContinuation<Void, Never>) in
            let mayGoOn = self.state.withLockedValue { state in
                let hasRoom =
                    state.outstanding < self.maximumPending
                    && (state.octets < Self.maximumOctets || state.undecided == 0)
                let mayGoOn = state.isCancelled || hasRoom
                if !mayGoOn { state.producer = continuation }
                return mayGoOn
            }
            if mayGoOn { continuation.resume() }
        }
        return self.state.withLockedValue {
            $0.isCancelled ? 0 : max(1, self.maximumPending - $0.outstanding)
        }
    }

    /// Sends messages, or tells why one cannot be sent.
    func begin(_ messages: [Result<PreparedMessage, SMTPError>]) {
        guard !messages.isEmpty else { return }
        let octets = messages.reduce(0) { $0 + ((try? $1.get())?.memory ?? 0) }
        let identities = self.client.identities(messages.count)
        let first = self.state.withLockedValue { state in
            state.outstanding += messages.count
            state.undecided += messages.count
            state.octets += octets
            state.identities.append(identities)
            var kept = state.identities.reduce(0) { $0 + $1.count }
            while let oldest = state.identities.first, kept - oldest.count >= self.maximumPending {
                kept -= oldest.count
                state.identities.removeFirst()
            }
            defer { state.begun += messages.count }
            return state.begun
        }
        // A server is chosen only for messages that go there.
        let isAnySound = messages.contains { if case .success = $0 { true } else { false } }
        let route = isAnySound ? self.client.route() : 0
        var parcels: [Parcel] = []
        parcels.reserveCapacity(messages.count)
        let now = NIODeadline.now()
        for (offset, message) in messages.enumerated() {
            switch message {
            case .success(let message):
                parcels.append(
                    Parcel(
                        message,
                        waiter: self,
                        index: first + offset,
                        route: route,
                        waiterID: identities.lowerBound + UInt64(offset),
                        submitted: now
                    )
                )
            case .failure(let error):
                self.append(SendOutcome(index: first + offset, result: .failure(error)))
            }
        }
        if self.client.observer.hasSpans { self.beginSpans(parcels.map { ($0.message, $0.index) }) }
        self.client.submit(parcels, through: route)
        // It may have been cancelled before there was anything to take back.
        if self.isCancelled { self.takeBack(identities) }
    }

    private func beginSpans(_ messages: [(message: PreparedMessage, index: Int)]) {
        for (message, index) in messages {
            let span = self.client.observer.beginSend(
                recipients: message.envelope.recipients.count,
                size: message.survey.size
            )
            self.state.withLockedValue { $0.spans[index] = span }
        }
    }

    private func endSpans(_ outcomes: some Sequence<SendOutcome>) {
        for outcome in outcomes {
            let span = self.state.withLockedValue { $0.spans.removeValue(forKey: outcome.index) }
            if let span { self.client.observer.endSend(span, outcome.result) }
        }
    }

    /// Looks at a message; content that is not small and in memory is read for it.
    func prepare(_ message: MessageForm) async -> Result<PreparedMessage, SMTPError> {
        do throws(SMTPError) {
            return .success(try await PreparedMessage.prepare(message, self.preparation))
        } catch {
            return .failure(error)
        }
    }

    /// The same at once; nil for content that must be read.
    func prepareSmall(_ message: MessageForm) -> Result<PreparedMessage, SMTPError>? {
        do throws(SMTPError) {
            return try PreparedMessage.prepareSmall(message, self.preparation).map(Result.success)
        } catch {
            return .failure(error)
        }
    }

    /// There are no more messages.
    func endInput(_ error: (any Error)? = nil) {
        let consumer = self.state.withLockedValue { state in
            state.phase = .inputEnded
            state.inputError = error
            return state.takeConsumer()
        }
        consumer?.resume()
    }

    // MARK: Outcomes

    func finish(_ outcomes: ArraySlice<ParcelOutcome>) {
        var settled: [SendOutcome] = []
        settled.reserveCapacity(outcomes.count)
        var octets = 0
        for outcome in outcomes {
            let (parcel, result) = (outcome.parcel, outcome.result)
            if self.client.settleNow(
                result,
                of: parcel.message,
                route: parcel.route,
                isLast: self.isCancelled
            ) {
                settled.append(SendOutcome(index: parcel.index, result: result))
                octets += parcel.message.memory
            } else {
                self.goOn(parcel, result)
            }
        }
        self.append(settled, octets: octets)
    }

    /// Offers a message again, or to another server.
    private func goOn(_ parcel: Parcel, _ result: Result<SendReceipt, SMTPError>) {
        self.state.withLockedValue { state in
            let task = Task {
                let result = await self.client.settle(parcel.message, result, route: parcel.route)
                self.state.withLockedValue { $0.repeats[parcel.index] = nil }
                self.append(
                    SendOutcome(index: parcel.index, result: result),
                    octets: parcel.message.memory
                )
            }
            state.repeats[parcel.index] = task
            if state.isCancelled { task.cancel() }
        }
    }

    private func append(_ outcome: SendOutcome, octets: Int = 0) {
        self.append([outcome], octets: octets)
    }

    private func append(_ outcomes: [SendOutcome], octets: Int) {
        guard !outcomes.isEmpty else { return }
        if self.client.observer.hasSpans { self.endSpans(outcomes) }
        let (wakeUp, setsTimer) = self.state.withLockedValue { state -> (WakeUp, Bool) in
            state.ready.append(contentsOf: outcomes)
            state.undecided -= outcomes.count
            let wasFull = state.octets >= Self.maximumOctets
            state.octets -= octets
            var wakeUp = WakeUp()
            if wasFull, state.octets < Self.maximumOctets { wakeUp.producer = state.takeProducer() }
            if state.undecided == 0 || state.ready.count >= Self.groupLength {
                wakeUp.consumer = state.takeConsumer()
                return (wakeUp, false)
            }
            guard state.consumer != nil, !state.isTimerSet else { return (wakeUp, false) }
            state.isTimerSet = true
            return (wakeUp, true)
        }
        wakeUp.resume()
        if setsTimer { self.client.timerLoop.scheduleTask(in: Self.groupTime) { self.groupTimeIsOver() } }
    }

    private func groupTimeIsOver() {
        let consumer = self.state.withLockedValue { state in
            state.isTimerSet = false
            return state.ready.isEmpty ? nil : state.takeConsumer()
        }
        consumer?.resume()
    }

    // MARK: Consumer

    /// Moves the outcomes that are there, waiting for the first of them.
    ///
    /// - Returns: What the sequence of messages threw, when there is nothing more.
    func collect(into buffer: inout Deque<SendOutcome>, isolation: isolated (any Actor)?) async -> (
        any Error
    )? {
        self.start()
        while true {
            switch self.takeReady(into: &buffer) {
            case .some(let ended): return ended
            case nil: await self.waitForOutcome(isolation: isolation)
            }
        }
    }

    /// Whether the producer may hear of so many outcomes that were taken, or wait for more.
    func isWorthReleasing(_ count: Int) -> Bool { count > self.maximumPending / 4 }

    /// So many outcomes were taken.
    func release(_ count: Int) {
        let producer: CheckedContinuation<Void, Never>? = self.state.withLockedValue { state in
            state.outstanding -= count
            // Half the messages at a time: a producer woken for each would do nothing else.
            return state.outstanding <= self.maximumPending / 2 ? state.takeProducer() : nil
        }
        producer?.resume()
    }

    private func takeReady(into buffer: inout Deque<SendOutcome>) -> (any Error)?? {
        self.state.withLockedValue { state in
            guard state.ready.isEmpty else {
                swap(&buffer, &state.ready)
                return .some(nil)
            }
            let isOver = state.phase == .inputEnded && state.outstanding == 0
            return isOver ? .some(state.inputError) : nil
        }
    }

    private func waitForOutcome(isolation: isolated (any Actor)?) async {
        await withTaskCancellationHandler {
            await withCheckedContinuation(isolation: isolation) {
                (continuation: CheckedContinuation<Void, Never>) in
                let isThere = self.state.withLockedValue { state in
                    let isOver = state.phase == .inputEnded && state.outstanding == 0
                    guard state.ready.isEmpty, !isOver else { return true }
                    state.consumer = continuation
                    return false
                }
                if isThere { continuation.resume() }
            }
        } onCancel: {
            self.cancel()
        }
    }

    private func start() {
        self.state.withLockedValue { state in
            guard state.phase == .notStarted else { return }
            state.phase = .running
            state.producerTask = Task { await self.produce(self) }
        }
        if Task.isCancelled { self.cancel() }
    }

    /// Nobody takes outcomes any more.
    func abandon() {
        self.cancel()
    }

    /// Begins no more messages, and takes back those that wait.
    private func cancel() {
        let (task, producer, identities, repeats) = self.state.withLockedValue { state in
            state.isCancelled = true
            defer {
                state.producer = nil
                state.identities = []
            }
            return (state.producerTask, state.producer, state.identities, state.repeats.values)
        }
        task?.cancel()
        for task in repeats { task.cancel() }
        producer?.resume()
        self.takeBack(identities.joined())
    }

    private func takeBack(_ identities: some Sequence<UInt64>) {
        for identity in identities { self.client.cancelWaiting(identity) }
    }
}
