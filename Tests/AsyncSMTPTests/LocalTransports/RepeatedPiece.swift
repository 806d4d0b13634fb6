/// A header, and the same piece again and again.
struct RepeatedPiece: AsyncSequence, Sendable {
    static let header = Array("Subject: large\r\n\r\n".utf8)

    let count: Int

    /// Octets of all pieces.
    var length: Int { Self.header.count + self.count * FailingSource.piece.count }

    func makeAsyncIterator() -> AsyncIterator { AsyncIterator(rest: self.count) }

    struct AsyncIterator: AsyncIteratorProtocol {
        fileprivate var rest: Int
        private var isBegun = false

        fileprivate init(rest: Int) { self.rest = rest }

        mutating func next() async throws -> [UInt8]? {
            guard self.isBegun else {
                self.isBegun = true
                return RepeatedPiece.header
            }
            guard self.rest > 0 else { return nil }
            self.rest -= 1
            return FailingSource.piece
        }
    }
}
