internal import NIOConcurrencyHelpers
internal import NIOCore
internal import SMTPCore

/// Keeps messages in memory: what a test puts in the place of ``SMTPClient``.
///
/// ```swift
/// let mail = MemoryTransport()
/// let service = Registration(mail: mail)
/// try await service.register("ann@example.org")
/// #expect(try await mail.next().text.contains("Welcome"))
/// ```
public final class MemoryTransport: MailTransport {
    private struct State: Sendable {
        var messages: [StoredMessage] = []
        /// Messages that ``next()`` has given out.
        var taken = 0
        /// Messages on their way that have a place already.
        var reserved = 0
        var waiters = WaiterList()
        var failures: [SMTPError] = []
    }

    /// Most messages it keeps.
    public let capacity: Int
    /// Most octets of one message.
    public let maximumMessageSize: Int
    /// What all messages have in common.
    public let defaults: MessageDefaults
    /// How messages are made ready, unless told otherwise.
    public let sending: SendOptions
    private let onSend: (@Sendable (StoredMessage) async throws -> Void)?
    private let state = NIOLockedValueBox(State())

    /// Makes a transport without messages.
    ///
    /// - Parameters:
    ///   - capacity: Most messages it keeps; one more fails with ``SMTPError/Code/tooManyMessages``.
    ///   - maximumMessageSize: Most octets of one message; a larger one fails with
    ///     ``SMTPError/Code/messageTooLarge``.
    ///   - defaults: What all messages have in common.
    ///   - sending: How messages are made ready, unless told otherwise.
    ///   - onSend: Sees each message before it is kept. When it throws, the message is not: an ``SMTPError`` as it is,
    ///     anything else as ``SMTPError/Code/transportFailed``.
    public init(
        capacity: Int = 1000,
        maximumMessageSize: Int = 64 * 1024 * 1024,
        defaults: MessageDefaults = MessageDefaults(),
        sending: SendOptions = SendOptions(),
        onSend: (@Sendable (StoredMessage) async throws -> Void)? = nil
    ) {
        self.capacity = capacity
        self.maximumMessageSize = maximumMessageSize
        self.defaults = defaults
        self.sending = sending
        self.onSend = onSend
    }

    /// The messages, in the order in which they were kept.
    public var messages: [StoredMessage] { self.state.withLockedValue { $0.messages } }

    /// Forgets all messages, those too that ``next()`` has not given out.
    public func removeAll() {
        self.state.withLockedValue {
            $0.messages = []
            $0.taken = 0
        }
    }

    /// The first message that was not given out yet; waits for one where there is none.
    ///
    /// It stays in ``messages``. Several that wait get one each, first come, first served.
    ///
    /// - Throws: `CancellationError` when the task is cancelled.
    public func next() async throws -> StoredMessage {
        let identity = self.state.withLockedValue { $0.waiters.makeIdentity() }
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let message: Result<StoredMessage, any Error>? = self.state.withLockedValue { state in
                    if Task.isCancelled { return .failure(CancellationError()) }
                    if state.taken < state.messages.count {
                        state.taken += 1
                        return .success(state.messages[state.taken - 1])
                    }
                    state.waiters.append(continuation, as: identity)
                    return nil
                }
                if let message { continuation.resume(with: message) }
            }
        } onCancel: {
            let waiter = self.state.withLockedValue { $0.waiters.remove(identity) }
            waiter?.resume(throwing: CancellationError())
        }
    }

    /// Lets the next messages fail, one for each call.
    public func fail(next error: SMTPError) {
        self.state.withLockedValue { $0.failures.append(error) }
    }

    /// Lets the next messages fail with an error made for it, one for each call.
    ///
    /// - Parameters:
    ///   - code: What goes wrong.
    ///   - acceptance: What is known about the message then; ``SMTPError/retryAdvice`` follows from it.
    public func fail(next code: SMTPError.Code, acceptance: Acceptance = .notAccepted) {
        self.fail(next: SMTPError(code, "the test wants it so", stage: .content, acceptance: acceptance))
    }

    /// Keeps a message.
    ///
    /// - Throws: ``SMTPError`` with ``SMTPError/Code/tooManyMessages`` or ``SMTPError/Code/messageTooLarge``, what
    ///   ``fail(next:)`` and `onSend` want, and as ``SMTPClient/send(_:options:)`` does for a message at fault; it is not
    ///   kept.
    @discardableResult
    public func send(
        _ message: some OutgoingMessage,
        options: SendOptions? = nil
    ) async throws(SMTPError) -> StoredReceipt {
        let delivery = try await LocalDelivery(
            message,
            options: options ?? self.sending,
            defaults: self.defaults,
            reach: .records
        )
        let failure = self.state.withLockedValue { $0.failures.isEmpty ? nil : $0.failures.removeFirst() }
        if let failure { throw failure }
        return try await self.keep(delivery)
    }

    @concurrent
    private func keep(_ delivery: LocalDelivery) async throws(SMTPError) -> StoredReceipt {
        try self.reserve()
        do throws(SMTPError) {
            let message = StoredMessage(
                envelope: delivery.message.envelope,
                octets: try await self.read(delivery),
                messageID: delivery.message.messageID
            )
            if let onSend {
                do { try await onSend(message) } catch { throw Self.error(error) }
            }
            try LocalDelivery.checkCancellation()
            self.add(message)
            return StoredReceipt(delivery, octets: UInt64(message.octets.count))
        } catch {
            self.state.withLockedValue { $0.reserved -= 1 }
            throw error
        }
    }

    private func reserve() throws(SMTPError) {
        let hasPlace = self.state.withLockedValue { state in
            guard state.messages.count + state.reserved < self.capacity else { return false }
            state.reserved += 1
            return true
        }
        guard hasPlace else {
            throw SMTPError(.tooManyMessages, "there are \(self.capacity) messages already", stage: .content)
        }
    }

    private func read(_ delivery: LocalDelivery) async throws(SMTPError) -> [UInt8] {
        let content = try LocalContent(delivery, lineEnd: .crlf)
        var octets: [UInt8] = []
        do throws(SMTPError) {
            while let piece = try await content.next() {
                guard octets.count + piece.readableBytes <= self.maximumMessageSize else {
                    throw SMTPError(
                        .messageTooLarge,
                        "the message has more than \(self.maximumMessageSize) octets",
                        stage: .content
                    )
                }
                octets += piece.readableBytesView
            }
        } catch {
            await content.close()
            throw error
        }
        await content.close()
        return octets
    }

    private func add(_ message: StoredMessage) {
        let waiter = self.state.withLockedValue { state in
            state.reserved -= 1
            state.messages.append(message)
            let waiter = state.waiters.removeFirst()
            if waiter != nil { state.taken = state.messages.count }
            return waiter
        }
        waiter?.resume(returning: message)
    }

    private static func error(_ error: any Error) -> SMTPError {
        switch error {
        case let error as SMTPError: error
        case _ where error is CancellationError || Task.isCancelled:
            SMTPError(ConnectionFailure.cancelled, stage: .content)
        default:
            SMTPError(
                .transportFailed,
                "onSend failed: \(PrintableText.escape("\(error)"))",
                stage: .content,
                underlying: error
            )
        }
    }
}
