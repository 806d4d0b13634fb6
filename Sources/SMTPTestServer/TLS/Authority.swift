import NIOCore
public import NIOOpenSSL

extension SMTPTestServer {
    /// An authority that makes certificates for the time of a test.
    ///
    /// ```swift
    /// let authority = try SMTPTestServer.Authority()
    /// let identity = try authority.identity(for: ["localhost", "127.0.0.1"])
    /// try await SMTPTestServer.withServer(.init(tls: .implicit(identity))) { server in
    ///     // The client has to trust `authority.trustRoots`, or the same as text: `authority.certificatePEM`.
    /// }
    /// ```
    public struct Authority: Sendable {
        /// The kind of a key.
        public enum KeyKind: Sendable, Hashable {
            /// ECDSA on the curve P-256.
            case ecP256
            /// RSA with this many bits.
            case rsa(bits: Int)
            /// Ed25519 (RFC 8410), for which tls-server-end-point is undefined.
            case ed25519
        }

        private let authority: CertificateAuthority

        /// A new authority, which nobody knows.
        ///
        /// Throws ``SMTPTestServerError`` with code `invalidTLS` when OpenSSL does not offer the key.
        public init(key: KeyKind = .ecP256) throws(SMTPTestServerError) {
            do {
                self.authority = try CertificateAuthority(key: Self.kind(key))
            } catch {
                throw SMTPTestServerError(.invalidTLS, underlyingError: error)
            }
        }

        /// The certificate of the authority in PEM: what a client has to trust.
        public var certificatePEM: String { String(decoding: self.authority.own.chainPEM, as: UTF8.self) }

        /// The same as the roots of a TLS configuration.
        public var trustRoots: TrustRoots { self.authority.trustRoots }

        /// A certificate with its key, for a server or a client.
        ///
        /// - Parameters:
        ///   - names: DNS names, wildcards too, and IP addresses, for the subject alternative name.
        ///   - commonName: The common name of the subject; nil for the first of the names. EXTERNAL takes it
        ///     for the name of the user.
        ///   - key: The kind of the key.
        ///   - validFrom: The beginning of the validity, counted from now: an hour ago by default.
        ///   - validUntil: Its end, counted from now: in a day by default.
        /// - Throws: ``SMTPTestServerError`` with code `invalidTLS` when OpenSSL refuses.
        public func identity(
            for names: [String],
            commonName: String? = nil,
            key: KeyKind = .ecP256,
            validFrom: Duration = .seconds(-3_600),
            validUntil: Duration = .seconds(86_400)
        ) throws(SMTPTestServerError) -> TLSIdentity {
            var request = CertificateRequest(
                dnsNames: names.filter { !Self.isAddress($0) },
                addresses: names.filter(Self.isAddress),
                commonName: commonName ?? names.first
            )
            request.key = Self.kind(key)
            request.notBefore = validFrom
            request.notAfter = validUntil
            do {
                return try self.authority.issue(request).identity
            } catch {
                throw SMTPTestServerError(.invalidTLS, underlyingError: error)
            }
        }

        /// A certificate with its key for a client that authenticates with it: no name but the common name.
        ///
        /// Throws ``SMTPTestServerError`` with code `invalidTLS` when OpenSSL refuses.
        public func clientIdentity(named name: String) throws(SMTPTestServerError) -> TLSIdentity {
            try self.identity(for: [], commonName: name)
        }

        private static func isAddress(_ name: String) -> Bool {
            (try? SocketAddress(ipAddress: name, port: 0)) != nil
        }

        private static func kind(_ key: KeyKind) -> CertificateRequest.KeyKind {
            switch key {
            case .ecP256: .ecP256
            case .rsa(let bits): .rsa(bits)
            case .ed25519: .ed25519
            }
        }
    }
}
