package import NIOCore
package import SMTPCore

/// The reply lines a server sends over a non-blocking socket, as an asynchronous sequence.
///
/// Ends when the server has closed the connection and every line was given out; throws when the connection
/// fails. Unlike a stream that ends for good when a wait is cancelled, the reason is kept and the connection
/// is closed, so that a reply which comes late can never be taken for the answer to a later command. Lines
/// are taken on the event loop of the connection, one reader at a time.
package struct ReplyLines: AsyncSequence, Sendable {
    package typealias Element = ReplyLine
    package typealias Failure = ConnectionFailure

    private let handler: NIOLoopBound<SMTPChannelHandler>

    package init(_ handler: NIOLoopBound<SMTPChannelHandler>) {
        self.handler = handler
    }

    package func makeAsyncIterator() -> AsyncIterator {
        AsyncIterator(handler: self.handler)
    }

    /// Takes lines one by one.
    package struct AsyncIterator: AsyncIteratorProtocol {
        fileprivate let handler: NIOLoopBound<SMTPChannelHandler>

        package mutating func next(
            isolation actor: isolated (any Actor)?
        ) async throws(ConnectionFailure) -> ReplyLine? {
            switch await self.handler.value.nextLine(isolation: actor) {
            case .line(let line): return line
            case .failed(let failure): throw failure
            case .endOfStream, .wait: return nil
            }
        }
    }
}
