import SMTPTestServer

/// Gives some octets, then does what sources do when something goes wrong.
struct FailingSource: AsyncSequence, Sendable {
    typealias Element = [UInt8]

    struct Broken: Error, Hashable {}

    enum End: Sendable {
        case fails
        /// Waits until the task is cancelled and then simply ends, as `AsyncStream` does.
        case endsWhenCancelled(reached: SMTPTestServer.Gate)
        /// The same, but throws.
        case throwsWhenCancelled(reached: SMTPTestServer.Gate)
    }

    /// Pieces before the end.
    let pieces: Int
    let end: End

    /// One piece, with lines that need no change.
    static let piece = Array(
        String(repeating: String(repeating: "x", count: 76) + "\r\n", count: 2_400).utf8
    )

    func makeAsyncIterator() -> AsyncIterator {
        AsyncIterator(rest: self.pieces, end: self.end)
    }

    struct AsyncIterator: AsyncIteratorProtocol {
        fileprivate var rest: Int
        fileprivate let end: End

        mutating func next() async throws -> [UInt8]? {
            guard self.rest == 0 else {
                self.rest -= 1
                return FailingSource.piece
            }
            switch self.end {
            case .fails: throw Broken()
            case .endsWhenCancelled(let reached):
                reached.open()
                try? await SMTPTestServer.Gate().wait()
                return nil
            case .throwsWhenCancelled(let reached):
                reached.open()
                try? await SMTPTestServer.Gate().wait()
                throw CancellationError()
            }
        }
    }
}
