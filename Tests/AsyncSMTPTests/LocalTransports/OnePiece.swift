/// A text that can be read once.
struct OnePiece: AsyncSequence, Sendable {
    let text: String

    func makeAsyncIterator() -> AsyncIterator { AsyncIterator(text: self.text) }

    struct AsyncIterator: AsyncIteratorProtocol {
        fileprivate var text: String?

        mutating func next() async -> [UInt8]? {
            defer { self.text = nil }
            return self.text.map { Array($0.utf8) }
        }
    }
}
