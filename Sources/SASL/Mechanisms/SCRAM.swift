public import OpenSSLCrypto

/// SCRAM: both sides prove that they know the password, and neither says it (RFC 5802, RFC 7677).
///
/// A server that did not prove it is not believed, whatever it replies. With channel binding the proof holds for
/// one TLS connection only (`-PLUS`).
public struct SCRAM: SASLMechanism {
    /// Hash function of the mechanism.
    public enum Hash: String, Sendable, Hashable, CaseIterable {
        /// SHA-1 (RFC 5802).
        case sha1 = "SHA-1"
        /// SHA-256 (RFC 7677).
        case sha256 = "SHA-256"
        /// SHA-512.
        case sha512 = "SHA-512"

        var digest: Digest {
            switch self {
            case .sha1: .sha1
            case .sha256: .sha256
            case .sha512: .sha512
            }
        }
    }

    /// What the client says of channel binding (RFC 5802 section 6).
    public enum Binding: Sendable, Hashable {
        /// The client has none.
        case unsupported
        /// The client has one, but the server did not offer to take it; a server that did notices the lie of
        /// whoever took the offer away.
        case notOffered
        /// The proof includes these octets; the name ends by `-PLUS`.
        case bound(ChannelBinding)
    }

    private enum Step: Sendable {
        case start
        case helloSent
        case proofSent(serverSignature: Secret)
        case verified
        case failed
    }

    /// Iteration counts taken by default: RFC 7677 asks for 4096, more than 600000 only wastes time.
    public static let defaultIterations = 4096...600_000

    /// Random octets of a nonce.
    private static let nonceOctets = 24

    /// `SCRAM-`, the hash function, and `-PLUS` with channel binding.
    public var name: String {
        if case .bound = self.binding {
            "SCRAM-\(self.hash.rawValue)-PLUS"
        } else {
            "SCRAM-\(self.hash.rawValue)"
        }
    }
    /// False.
    public var revealsSecret: Bool { false }
    /// True.
    public var isClientFirst: Bool { true }
    /// Whether the server's proof was verified and answered.
    public var isComplete: Bool {
        if case .verified = self.step { true } else { false }
    }
    /// The password, and the proof once it was given out.
    public private(set) var secrets: [Secret]

    private let hash: Hash
    private let binding: Binding
    private let header: GS2Header
    private let username: String
    private let password: Secret
    private let keys: DerivedKeys
    private let iterations: ClosedRange<Int>
    private let nonce: String
    private var step = Step.start

    private var helloWithoutHeader: String { "n=\(GS2Header.escaped(self.username)),r=\(self.nonce)" }

    /// Makes the mechanism.
    ///
    /// User name and password are prepared by SASLprep (RFC 4013).
    ///
    /// - Parameters:
    ///   - credentials: User name and password, neither empty; an authorisation identity only to act as
    ///     somebody else.
    ///   - iterations: Iteration counts of the server that are taken; others end the exchange before any work.
    /// - Throws: ``SASLError`` for credentials that SASLprep does not allow, for a channel binding without
    ///   octets, or when there is no random nonce.
    public init(
        _ credentials: Credentials,
        hash: Hash,
        binding: Binding = .unsupported,
        iterations: ClosedRange<Int> = Self.defaultIterations
    ) throws(SASLError) {
        let random: [UInt8]
        do throws(CryptoError) {
            random = try SystemRandom.octets(Self.nonceOctets)
        } catch {
            throw SASLError(.cryptography(error.description))
        }
        try self.init(
            credentials,
            hash: hash,
            binding: binding,
            iterations: iterations,
            nonce: Base64.encode(random)
        )
    }

    /// Makes the mechanism with a nonce that is known, as in the examples of the RFCs.
    package init(
        _ credentials: Credentials,
        hash: Hash,
        binding: Binding = .unsupported,
        iterations: ClosedRange<Int> = Self.defaultIterations,
        nonce: String
    ) throws(SASLError) {
        let password = try credentials.requirePassword()
        if case .bound(let binding) = binding, binding.data.isEmpty {
            throw SASLError(.invalidCredentials("the channel binding has no octets"))
        }
        self.username = try SASLprep.prepare(credentials.username, .query)
        self.password = try SASLprep.prepare(password)
        self.header = try GS2Header(
            binding: binding,
            authorizationIdentity: credentials.authorizationIdentity
        )
        self.hash = hash
        self.binding = binding
        self.keys = credentials.keys
        self.iterations = iterations
        self.nonce = nonce
        self.secrets = password == self.password ? [password] : [password, self.password]
    }

    /// The client's first message, its proof, and an empty answer to the server's proof.
    public mutating func respond(to challenge: [UInt8]?) async throws(SASLError) -> [UInt8] {
        let step = self.step
        // Whatever throws below ends the exchange.
        self.step = .failed
        switch step {
        case .start:
            guard challenge?.isEmpty ?? true else { throw SASLError(.unexpectedChallenge) }
            self.step = .helloSent
            return Array((self.header.text + self.helloWithoutHeader).utf8)
        case .helloSent:
            let proof = try await self.proof(for: SCRAMServerFirst(challenge ?? [], clientNonce: self.nonce))
            self.step = .proofSent(serverSignature: proof.serverSignature)
            self.secrets.append(proof.clientProof)
            return proof.message
        case .proofSent(let signature):
            try Self.verify(challenge ?? [], signature)
            self.step = .verified
            return []
        case .verified, .failed:
            throw SASLError(.unexpectedChallenge)
        }
    }

    private struct Proof {
        let message: [UInt8]
        let clientProof: Secret
        let serverSignature: Secret
    }

    private func proof(for first: SCRAMServerFirst) async throws(SASLError) -> Proof {
        guard self.iterations.contains(first.iterations) else {
            throw SASLError(.iterationCount("\(first.iterations)"))
        }
        let salted = try await self.saltedPassword(first)
        var bound = Array(self.header.text.utf8)
        if case .bound(let binding) = self.binding { bound += binding.data }
        let withoutProof = Array("c=\(Base64.encode(bound)),r=\(first.nonce)".utf8)
        let authMessage =
            Array(self.helloWithoutHeader.utf8) + [UInt8(ascii: ",")] + first.octets + [UInt8(ascii: ",")]
            + withoutProof
        let digest = self.hash.digest
        do throws(CryptoError) {
            let clientKey = try HMAC.code(of: Array("Client Key".utf8), key: salted, digest: digest)
            let storedKey = Secret(
                octets: try clientKey.withOctets { (key) throws(CryptoError) in try digest.hash(key) }
            )
            let clientSignature = try HMAC.code(of: authMessage, key: storedKey, digest: digest)
            let proof = Base64.encode(zip(clientKey.copy(), clientSignature.copy()).map { $0 ^ $1 })
            let serverKey = try HMAC.code(of: Array("Server Key".utf8), key: salted, digest: digest)
            return Proof(
                message: withoutProof + Array(",p=\(proof)".utf8),
                clientProof: Secret(proof),
                serverSignature: try HMAC.code(of: authMessage, key: serverKey, digest: digest)
            )
        } catch {
            throw SASLError(.cryptography(error.description))
        }
    }

    private func saltedPassword(_ first: SCRAMServerFirst) async throws(SASLError) -> Secret {
        let digest = self.hash.digest
        let origin = DerivedKeys.Origin(digest: digest, salt: first.salt, iterations: first.iterations)
        if let key = self.keys.key(for: origin) { return key }
        do {
            let key = try await PBKDF2.key(
                from: self.password,
                salt: first.salt,
                iterations: first.iterations,
                byteCount: digest.byteCount,
                digest: digest
            )
            self.keys.keep(key, for: origin)
            return key
        } catch let error as CryptoError {
            throw SASLError(.cryptography(error.description))
        } catch {
            throw SASLError(.cancelled)
        }
    }

    /// Checks the server's last message: `v=` and its proof, or `e=` and a reason (RFC 5802 section 7).
    private static func verify(_ message: [UInt8], _ signature: Secret) throws(SASLError) {
        guard message.count <= ServerText.maximumChallenge,
            let field = message.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false).first
        else { throw SASLError(.malformedChallenge) }
        if let reason = SCRAMServerFirst.value(of: field, "e") {
            throw SASLError(.rejected(ServerText.escaped(reason)))
        }
        guard let value = SCRAMServerFirst.value(of: field, "v") else { throw SASLError(.malformedChallenge) }
        guard let proof = Base64.decode(value),
            signature.withOctets({ ConstantTime.areEqual($0, proof.span) })
        else { throw SASLError(.serverNotAuthentic("its SCRAM signature is wrong")) }
    }
}
