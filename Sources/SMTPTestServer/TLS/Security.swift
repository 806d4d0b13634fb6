internal import NIOOpenSSL

/// What the protocol knows of the TLS session it runs in.
struct Security: Sendable {
    /// The version of the protocol.
    let version: TLSVersion
    /// The name of the cipher suite.
    let cipher: String
    /// The subject of the client's certificate; nil without one.
    let clientSubject: String?
    /// The common name in that subject.
    let clientName: String?
    /// The channel binding data that can be had, by type.
    let bindings: [String: [UInt8]]
}
