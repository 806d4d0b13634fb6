import NIOConcurrencyHelpers
import OpenSSLCrypto

/// Tokens given out one after another.
final class Tokens: Sendable {
    struct Empty: Error {}

    private let tokens: NIOLockedValueBox<[Secret]>

    init(_ tokens: [Secret]) {
        self.tokens = NIOLockedValueBox(tokens)
    }

    func next() throws -> Secret {
        try self.tokens.withLockedValue { tokens in
            guard !tokens.isEmpty else { throw Empty() }
            return tokens.removeFirst()
        }
    }
}
