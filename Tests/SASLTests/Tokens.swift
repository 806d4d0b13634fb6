import OpenSSLCrypto
import Synchronization

/// Tokens given out one after another.
final class Tokens: Sendable {
    struct Empty: Error {}

    private let tokens: Mutex<[Secret]>

    init(_ tokens: [Secret]) {
        self.tokens = Mutex(tokens)
    }

    func next() throws -> Secret {
        try self.tokens.withLock { tokens throws in
            guard !tokens.isEmpty else { throw Empty() }
            return tokens.removeFirst()
        }
    }
}
