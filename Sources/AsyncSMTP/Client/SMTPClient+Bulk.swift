internal import SMTPCore

extension SMTPClient {
    /// Messages looked at before they are handed over together.
    private static var batchLength: Int { 64 }

    /// Sends many messages; the result tells what becomes of each, in the order in which it is decided.
    ///
    /// ```swift
    /// for await outcome in client.send(contentsOf: messages) {
    ///     if let error = outcome.error { print(outcome.index, error) }
    /// }
    /// ```
    ///
    /// Messages go over as many connections as the client may have, several in flight on each, and are taken
    /// from `messages` only as fast as outcomes are taken from the result.
    ///
    /// - Parameters:
    ///   - messages: What to send; ``SendOutcome/index`` counts them.
    ///   - options: How to send; nil takes those of the configuration.
    ///   - maximumPending: Most messages under way, or decided and not taken, at a time; nil takes twice what
    ///     the connections can have in flight.
    public func send<Messages: Sequence & Sendable>(
        contentsOf messages: Messages,
        options: SendOptions? = nil,
        maximumPending: Int? = nil
    ) -> SendOutcomes<Never> where Messages.Element: OutgoingMessage {
        self.outcomes(options, maximumPending) { bulk in
            var iterator = messages.makeIterator()
            await Self.produce(bulk, next: { iterator.next() }) { try $0.form }
        }
    }

    /// Sends a message to each of many, made for it: personalised bulk.
    ///
    /// ```swift
    /// for await outcome in client.send(toEach: customers, { try letter(to: $0) }) { … }
    /// ```
    ///
    /// - Parameters:
    ///   - elements: Whom or what the messages are made for; ``SendOutcome/index`` counts them.
    ///   - options: How to send; nil takes those of the configuration.
    ///   - maximumPending: As in ``send(contentsOf:options:maximumPending:)``.
    ///   - makeMessage: Makes a message when it is about to be sent. What it throws is the outcome of that
    ///     message, ``SMTPError/Code/invalidMessage`` unless it is an ``SMTPError`` itself.
    public func send<Elements: Sequence & Sendable, Made: OutgoingMessage>(
        toEach elements: Elements,
        options: SendOptions? = nil,
        maximumPending: Int? = nil,
        _ makeMessage: @escaping @Sendable (Elements.Element) throws -> Made
    ) -> SendOutcomes<Never> {
        self.outcomes(options, maximumPending) { bulk in
            var iterator = elements.makeIterator()
            await Self.produce(bulk, next: { iterator.next() }) { try makeMessage($0).form }
        }
    }

    /// Sends the messages of an asynchronous sequence as they come.
    ///
    /// - Parameters:
    ///   - messages: What to send. An error it throws ends the result, once every message that came before it
    ///     has had its outcome.
    ///   - options: How to send; nil takes those of the configuration.
    ///   - maximumPending: As for a sequence that is there at once.
    public func send<Messages: AsyncSequence & Sendable>(
        contentsOf messages: Messages,
        options: SendOptions? = nil,
        maximumPending: Int? = nil
    ) -> SendOutcomes<Messages.Failure> where Messages.Element: OutgoingMessage {
        let bulk = self.bulk(options, maximumPending) { bulk in
            var iterator = messages.makeAsyncIterator()
            do {
                while await bulk.room() > 0, let message = try await iterator.next(isolation: nil) {
                    let form: MessageForm
                    do {
                        form = try message.form
                    } catch {
                        bulk.begin([.failure(SMTPError(making: error))])
                        continue
                    }
                    bulk.begin([await bulk.prepare(form)])
                }
                bulk.endInput()
            } catch {
                bulk.endInput(error)
            }
        }
        return SendOutcomes(bulk: bulk) { $0 as? Messages.Failure }
    }

    private func outcomes(
        _ options: SendOptions?,
        _ maximumPending: Int?,
        _ produce: @escaping @Sendable (BulkSend) async -> Void
    ) -> SendOutcomes<Never> {
        SendOutcomes(bulk: self.bulk(options, maximumPending, produce)) { _ in nil }
    }

    private func bulk(
        _ options: SendOptions?,
        _ maximumPending: Int?,
        _ produce: @escaping @Sendable (BulkSend) async -> Void
    ) -> BulkSend {
        BulkSend(
            self,
            maximumPending: maximumPending ?? self.maximumPending,
            options: options ?? self.configuration.sending,
            produce
        )
    }

    private static func produce<Element>(
        _ bulk: BulkSend,
        next: () -> Element?,
        _ makeForm: (Element) throws -> MessageForm
    ) async {
        var batch: [Result<PreparedMessage, SMTPError>] = []
        produce: while true {
            let room = await bulk.room()
            guard room > 0 else { break }
            for _ in 0..<min(room, Self.batchLength) {
                guard let element = next() else { break produce }
                let message: MessageForm
                do {
                    message = try makeForm(element)
                } catch {
                    batch.append(.failure(SMTPError(making: error)))
                    continue
                }
                if let small = bulk.prepareSmall(message) {
                    batch.append(small)
                } else {
                    // What was looked at before need not wait until a file was read.
                    bulk.begin(batch)
                    batch.removeAll(keepingCapacity: true)
                    bulk.begin([await bulk.prepare(message)])
                    continue produce
                }
            }
            bulk.begin(batch)
            batch.removeAll(keepingCapacity: true)
        }
        bulk.begin(batch)
        bulk.endInput()
    }
}
