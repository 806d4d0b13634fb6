internal import OpenSSLCrypto

/// The server's side of one SASL mechanism (RFC 4422), fed with decoded responses.
protocol ServerMechanism: Sendable {
    /// The name that the client gave, whether it was proved or not; nil as long as it gave none.
    var user: String? { get }

    /// The identity that the client wants to act as; nil when it named none.
    var authorizationIdentity: String? { get }

    /// Takes the next response.
    ///
    /// - Parameter response: nil for an AUTH command without an initial response, which only the first call
    ///   can bring.
    /// - Throws: `CryptoError` when OpenSSL does not offer what the mechanism is made of.
    mutating func step(_ response: [UInt8]?) throws(CryptoError) -> MechanismStep
}

extension ServerMechanism {
    var authorizationIdentity: String? { nil }
}
