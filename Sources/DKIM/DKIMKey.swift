public import OpenSSLCrypto
internal import TransferEncoding

/// Private key for signing: RSA of at least 2048 bits (RFC 8301 section 3.2), or Ed25519 (RFC 8463).
///
/// Printing, interpolating, dumping or reflecting it shows the algorithm alone.
///
/// ```swift
/// let key = try DKIMKey.generate(.rsaSHA256)
/// print(key.dnsRecord)  // v=DKIM1; k=rsa; p=MIIB…
/// ```
public struct DKIMKey: Sendable {
    /// Least length of an RSA modulus in bits.
    public static let minimumModulusBits = 2048

    /// Algorithm that the key signs with.
    public let algorithm: DKIMAlgorithm

    /// Text of the TXT record at `<selector>._domainkey.<domain>` (RFC 6376 section 3.6.1).
    ///
    /// That of an RSA key is longer than the 255 octets of one string of DNS: split it into several in the zone.
    public let dnsRecord: String

    private let key: SigningKey

    /// Reads a key in PEM: PKCS #8, encrypted or not, or PKCS #1.
    ///
    /// - Throws: ``DKIMError`` with ``DKIMError/Reason/invalidKey`` or ``DKIMError/Reason/weakKey``.
    public init(pem: String, passphrase: Secret? = nil) throws(DKIMError) {
        try self.init(pem: pem, passphrase: passphrase, minimumModulusBits: Self.minimumModulusBits)
    }

    /// The same with another limit.
    package init(pem: String, passphrase: Secret?, minimumModulusBits: Int) throws(DKIMError) {
        let octets = Secret(pem)
        try self.init(minimumModulusBits: minimumModulusBits) { () throws(CryptoError) in
            try SigningKey(octets, passphrase: passphrase)
        }
    }

    /// Reads a key in DER: PKCS #8 or PKCS #1.
    ///
    /// - Throws: ``DKIMError`` with ``DKIMError/Reason/invalidKey`` or ``DKIMError/Reason/weakKey``.
    public init(der: [UInt8]) throws(DKIMError) {
        let octets = Secret(octets: der)
        try self.init { () throws(CryptoError) in try SigningKey(octets) }
    }

    /// Reads a file with a key in PEM or DER, at once and on the calling thread.
    ///
    /// - Throws: ``DKIMError`` with ``DKIMError/Reason/invalidKey``, also for a file that cannot be read, or
    ///   with ``DKIMError/Reason/weakKey``.
    public init(contentsOfFile path: String, passphrase: Secret? = nil) throws(DKIMError) {
        try self.init { () throws(CryptoError) in try SigningKey(file: path, passphrase: passphrase) }
    }

    /// Makes an Ed25519 key of its seed, the form in which RFC 8463 gives private keys.
    ///
    /// - Parameter seed: 32 octets.
    /// - Throws: ``DKIMError`` with ``DKIMError/Reason/invalidKey``.
    public init(ed25519Seed seed: Secret) throws(DKIMError) {
        try self.init { () throws(CryptoError) in try SigningKey(ed25519Seed: seed) }
    }

    private init(
        minimumModulusBits: Int = Self.minimumModulusBits,
        _ make: () throws(CryptoError) -> SigningKey
    ) throws(DKIMError) {
        let publicKey: [UInt8]
        do throws(CryptoError) {
            self.key = try make()
            publicKey = try self.key.publicKey()
        } catch {
            throw DKIMError(.invalidKey, error.description)
        }
        switch self.key.kind {
        case .rsa(let bits):
            guard bits >= minimumModulusBits else {
                throw DKIMError(.weakKey, "\(bits) bits, at least \(minimumModulusBits) are needed")
            }
            self.algorithm = .rsaSHA256
        case .ed25519:
            self.algorithm = .ed25519SHA256
        }
        self.dnsRecord = "v=DKIM1; k=\(self.algorithm.keyType); p=\(Base64.encode(publicKey))"
    }

    /// A new key, made at once and on the calling thread; RSA takes a tenth of a second or more.
    ///
    /// - Parameter bits: Length of an RSA modulus, 2048 to 16384. Verifiers need not know more than 2048.
    /// - Throws: ``DKIMError`` with ``DKIMError/Reason/invalidKey`` or ``DKIMError/Reason/weakKey``.
    public static func generate(
        _ algorithm: DKIMAlgorithm,
        bits: Int = DKIMKey.minimumModulusBits
    ) throws(DKIMError) -> DKIMKey {
        switch algorithm {
        case .rsaSHA256:
            guard bits >= Self.minimumModulusBits else { throw DKIMError(.weakKey, "\(bits) bits") }
            return try DKIMKey { () throws(CryptoError) in try SigningKey.generateRSA(bits: bits) }
        case .ed25519SHA256:
            return try DKIMKey { () throws(CryptoError) in try SigningKey.generateEd25519() }
        }
    }

    /// The private key in PEM (PKCS #8), to be kept: encrypted with AES-256 where there is a passphrase.
    ///
    /// - Throws: ``DKIMError`` with ``DKIMError/Reason/cryptography`` for a passphrase that is empty or longer
    ///   than 1024 octets.
    public func pem(passphrase: Secret? = nil) throws(DKIMError) -> Secret {
        do throws(CryptoError) {
            return try self.key.pem(passphrase: passphrase)
        } catch {
            throw DKIMError(.cryptography, error.description)
        }
    }

    /// Signature of a SHA-256 hash, with either algorithm (RFC 6376 section 3.3.2, RFC 8463 section 3).
    package func signature(ofHash hash: [UInt8]) throws(DKIMError) -> [UInt8] {
        do throws(CryptoError) {
            return try self.key.signature(of: hash)
        } catch {
            throw DKIMError(.cryptography, error.description)
        }
    }
}

extension DKIMKey: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The algorithm.
    public var description: String { "DKIMKey(\(self.algorithm.tagValue))" }
    /// The same.
    public var debugDescription: String { self.description }
    /// Shows nothing.
    public var customMirror: Mirror { Mirror(self, children: EmptyCollection<Mirror.Child>()) }
}
