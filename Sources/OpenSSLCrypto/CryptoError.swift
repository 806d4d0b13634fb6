/// A cryptographic operation that OpenSSL could not carry out.
public struct CryptoError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What failed, in words, without any secret.
    public let description: String

    /// Makes an error.
    package init(_ description: String) {
        self.description = description
    }
}
