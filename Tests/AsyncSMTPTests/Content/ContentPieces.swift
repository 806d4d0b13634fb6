import Foundation

/// Content in pieces of one length, as an asynchronous sequence.
struct ContentPieces: AsyncSequence, Sendable {
    typealias Element = Data

    private let content: Data
    private let length: Int

    init(_ content: some Sequence<UInt8>, length: Int) {
        self.content = Data(content)
        self.length = length
    }

    func makeAsyncIterator() -> AsyncIterator {
        AsyncIterator(rest: self.content, length: self.length)
    }

    struct AsyncIterator: AsyncIteratorProtocol {
        fileprivate var rest: Data
        fileprivate let length: Int

        mutating func next() async throws -> Data? {
            guard !self.rest.isEmpty else { return nil }
            defer { self.rest = self.rest.dropFirst(self.length) }
            return self.rest.prefix(self.length)
        }
    }
}
