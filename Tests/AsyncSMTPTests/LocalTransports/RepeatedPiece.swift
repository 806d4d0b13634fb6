/// The same piece again and again.
struct RepeatedPiece: AsyncSequence, Sendable {
    let count: Int

    func makeAsyncIterator() -> AsyncIterator { AsyncIterator(rest: self.count) }

    struct AsyncIterator: AsyncIteratorProtocol {
        fileprivate var rest: Int

        mutating func next() async throws -> [UInt8]? {
            guard self.rest > 0 else { return nil }
            self.rest -= 1
            return FailingSource.piece
        }
    }
}
