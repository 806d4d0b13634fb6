internal import DequeModule

/// What becomes of many messages, in the order in which it is decided.
///
/// Sending begins with the first step of the iteration, goes on while outcomes are taken, and stops when they
/// are not: no more messages are under way, or decided and not taken, than was asked for. Each message has
/// exactly one outcome. When the task is cancelled, no more messages are taken from the sequence, those that
/// wait end as cancelled, and the iteration goes on to tell what becomes of those on their way. An iteration
/// that is left early sends nothing that was not begun.
///
/// The sequence can be iterated once.
public struct SendOutcomes<Failure: Error>: AsyncSequence, Sendable {
    /// One outcome.
    public typealias Element = SendOutcome

    let bulk: BulkSend
    let inputFailure: @Sendable (any Error) -> Failure?

    /// Begins to send.
    public func makeAsyncIterator() -> AsyncIterator {
        AsyncIterator(handle: Handle(self.bulk), inputFailure: self.inputFailure)
    }

    /// Ends the sending with the iteration.
    final class Handle: Sendable {
        let bulk: BulkSend

        init(_ bulk: BulkSend) {
            self.bulk = bulk
        }

        deinit { self.bulk.abandon() }
    }

    /// Takes outcomes one by one.
    public struct AsyncIterator: AsyncIteratorProtocol {
        let handle: Handle
        let inputFailure: @Sendable (any Error) -> Failure?
        private var buffer: Deque<SendOutcome> = []
        /// Outcomes taken that were not told of.
        private var taken = 0

        init(handle: Handle, inputFailure: @escaping @Sendable (any Error) -> Failure?) {
            self.handle = handle
            self.inputFailure = inputFailure
        }

        /// The next outcome; nil when every message has had its own.
        ///
        /// - Throws: What the sequence of messages threw, once every message it gave before has had its
        ///   outcome.
        public mutating func next(
            isolation actor: isolated (any Actor)? = #isolation
        ) async throws(Failure) -> SendOutcome? {
            if let outcome = self.take() { return outcome }
            let error = await self.handle.bulk.collect(into: &self.buffer, isolation: actor)
            if let outcome = self.take() { return outcome }
            if let failure = error.flatMap(self.inputFailure) { throw failure }
            return nil
        }

        private mutating func take() -> SendOutcome? {
            guard let outcome = self.buffer.popFirst() else { return nil }
            self.taken += 1
            if self.buffer.isEmpty || self.handle.bulk.isWorthReleasing(self.taken) {
                self.handle.bulk.release(self.taken)
                self.taken = 0
            }
            return outcome
        }
    }
}
