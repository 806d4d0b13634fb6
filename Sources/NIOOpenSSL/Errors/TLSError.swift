/// Why TLS could not be set up, or ended.
public struct TLSError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The kind of failure.
    ///
    /// More may come: compare, and keep a default.
    public struct Code: Sendable, Hashable, CustomStringConvertible {
        /// The configuration cannot be used: a file, certificate, key, name or cipher list.
        public static let invalidConfiguration = Code("invalidConfiguration")
        /// The handshake failed for a reason without a code of its own.
        public static let handshakeFailed = Code("handshakeFailed")
        /// The peer's certificate was not accepted: see ``TLSError/reason``.
        public static let verificationFailed = Code("verificationFailed")
        /// The peer speaks plain text where TLS was expected.
        public static let plaintextPeer = Code("plaintextPeer")
        /// The two sides have no acceptable version of TLS in common.
        public static let protocolVersion = Code("protocolVersion")
        /// The peer closed the connection during the handshake.
        public static let peerClosed = Code("peerClosed")
        /// The connection ended without close_notify: what came may be cut short.
        public static let truncated = Code("truncated")
        /// The peer sent an alert: see ``TLSError/alert``.
        public static let alert = Code("alert")
        /// The peer broke the protocol after the handshake.
        public static let protocolViolation = Code("protocolViolation")
        /// This side closed the connection.
        public static let closed = Code("closed")

        /// The name of the code.
        public let description: String

        private init(_ description: String) {
            self.description = description
        }
    }

    /// Why a certificate was not accepted.
    ///
    /// More may come: compare, and keep a default.
    public struct Reason: Sendable, Hashable, CustomStringConvertible {
        /// A certificate of the chain is past its end.
        public static let expired = Reason("expired")
        /// A certificate of the chain is not valid yet.
        public static let notYetValid = Reason("notYetValid")
        /// The chain leads to no trusted root, or a link is missing.
        public static let unknownIssuer = Reason("unknownIssuer")
        /// The certificate is signed by itself, and not trusted.
        public static let selfSigned = Reason("selfSigned")
        /// The certificate is for another name.
        public static let hostnameMismatch = Reason("hostnameMismatch")
        /// The certificate is on a revocation list.
        public static let revoked = Reason("revoked")
        /// A key of the chain is too small.
        public static let weakKey = Reason("weakKey")
        /// A certificate of the chain is signed with a broken digest.
        public static let weakSignature = Reason("weakSignature")
        /// The public key is none of those pinned.
        public static let pinMismatch = Reason("pinMismatch")
        /// No TLSA record fits.
        public static let daneMismatch = Reason("daneMismatch")
        /// The peer showed no certificate.
        public static let noCertificate = Reason("noCertificate")

        /// Any other verification error of OpenSSL, by its number (`X509_V_ERR_…`).
        public static func other(_ number: Int) -> Reason { Reason("other(\(number))") }

        /// The name of the reason.
        public let description: String

        private init(_ description: String) {
            self.description = description
        }
    }

    /// The kind of failure.
    public let code: Code
    /// What happened, in words an operator can act on; what a peer contributed is escaped and cut.
    public let message: String
    /// Why a certificate was not accepted; nil for other codes.
    public let reason: Reason?
    /// The alert the peer sent, in OpenSSL's words, as `handshake failure`; nil for other codes.
    public let alert: String?
    /// What OpenSSL says, when it was OpenSSL that failed.
    public let openSSLText: String?

    package init(
        _ code: Code,
        _ message: String,
        reason: Reason? = nil,
        alert: String? = nil,
        openSSLText: String? = nil
    ) {
        self.code = code
        self.message = message
        self.reason = reason
        self.alert = alert
        self.openSSLText = openSSLText
    }

    /// Message, code and OpenSSL's text.
    public var description: String {
        let kind = self.reason.map { "\(self.code), \($0)" } ?? self.code.description
        let text = self.openSSLText.map { "; OpenSSL: \($0)" } ?? ""
        return "\(self.message) (\(kind)\(text))"
    }

    static func invalidConfiguration(_ message: String, _ failures: [OpenSSLFailure] = []) -> TLSError {
        TLSError(.invalidConfiguration, message, openSSLText: OpenSSLFailure.text(of: failures))
    }
}
