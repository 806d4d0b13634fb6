package import SMTPCore

/// The replies a server sends: ``ReplyLines`` joined by a ``SMTPCore/ReplyAssembler``.
package struct Replies: AsyncSequence, Sendable {
    package typealias Element = Reply
    package typealias Failure = ConnectionFailure

    private let lines: ReplyLines
    private let limits: ReplyLimits

    package init(_ lines: ReplyLines, limits: ReplyLimits) {
        self.lines = lines
        self.limits = limits
    }

    package func makeAsyncIterator() -> AsyncIterator {
        AsyncIterator(lines: self.lines.makeAsyncIterator(), assembler: ReplyAssembler(limits: self.limits))
    }

    /// Takes replies one by one.
    package struct AsyncIterator: AsyncIteratorProtocol {
        fileprivate var lines: ReplyLines.AsyncIterator
        fileprivate var assembler: ReplyAssembler

        package mutating func next(
            isolation actor: isolated (any Actor)?
        ) async throws(ConnectionFailure) -> Reply? {
            while let line = try await self.lines.next(isolation: actor) {
                do throws(ReplyError) {
                    if let reply = try self.assembler.append(line) { return reply }
                } catch {
                    throw .malformedReply(error)
                }
            }
            if let error = self.assembler.endOfStream() { throw .malformedReply(error) }
            return nil
        }
    }
}
