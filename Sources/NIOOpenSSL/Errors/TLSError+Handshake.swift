internal import COpenSSL
internal import COpenSSLShims

extension TLSError {
    /// What is known when a call has failed.
    struct Circumstances {
        /// What OpenSSL said.
        var failures: [OpenSSLFailure]
        /// What it found wrong with the chain.
        var verification: SSLConnection.VerificationFailure?
        /// Whom the client wanted to talk to; nil on a server.
        var peer: PeerName?
        /// The oldest version the configuration accepts.
        var minimumVersion: TLSVersion
        /// The first octets the peer sent.
        var firstOctets: [UInt8]
    }

    /// Why a handshake failed.
    static func handshake(_ circumstances: Circumstances) -> TLSError {
        let failures = circumstances.failures
        let other = circumstances.peer == nil ? "client" : "server"
        let text = OpenSSLFailure.text(of: failures)
        guard let failure = failures.first(where: \.isSSL) else {
            return TLSError(.handshakeFailed, "the TLS handshake with the \(other) failed", openSSLText: text)
        }
        switch failure.reason {
        case SSL_R_CERTIFICATE_VERIFY_FAILED:
            let unknown = SSLConnection.VerificationFailure(error: X509_V_ERR_UNSPECIFIED, certificate: nil)
            return .verification(circumstances.verification ?? unknown, peer: circumstances.peer)
        case SSL_R_PEER_DID_NOT_RETURN_A_CERTIFICATE:
            return TLSError(
                .verificationFailed,
                "the client showed no certificate, but one is required",
                reason: .noCertificate,
                openSSLText: text
            )
        case SSL_R_UNSUPPORTED_PROTOCOL, SSL_R_WRONG_SSL_VERSION, SSL_R_VERSION_TOO_LOW,
            SSL_R_VERSION_TOO_HIGH,
            SSL_R_TLSV1_ALERT_PROTOCOL_VERSION, SSL_R_WRONG_VERSION_NUMBER:
            return .version(circumstances, other: other, text: text)
        case SSL_R_UNSAFE_LEGACY_RENEGOTIATION_DISABLED:
            return TLSError(
                .handshakeFailed,
                "the \(other) does not know secure renegotiation (RFC 5746): set allowsLegacyServers to connect"
                    + " all the same",
                openSSLText: text
            )
        case SSL_R_DH_KEY_TOO_SMALL:
            return TLSError(
                .handshakeFailed,
                "the Diffie-Hellman group of the \(other) is too small: a cipherList of \"DEFAULT@SECLEVEL=1\""
                    + " accepts 1024 bits, one with \"!DHE\" avoids it",
                openSSLText: text
            )
        case SSL_R_UNEXPECTED_EOF_WHILE_READING:
            return .closedDuringHandshake(other: other)
        default:
            return .alert(failure, other: other, text: text)
                ?? TLSError(.handshakeFailed, "the TLS handshake with the \(other) failed", openSSLText: text)
        }
    }

    /// Why a connection failed after its handshake.
    static func afterHandshake(_ failures: [OpenSSLFailure], isServer: Bool) -> TLSError {
        let other = isServer ? "client" : "server"
        let text = OpenSSLFailure.text(of: failures)
        guard let failure = failures.first(where: \.isSSL) else {
            return TLSError(.protocolViolation, "the \(other) broke the TLS protocol", openSSLText: text)
        }
        if failure.reason == SSL_R_UNEXPECTED_EOF_WHILE_READING { return .truncated(other: other) }
        return .alert(failure, other: other, text: text)
            ?? TLSError(.protocolViolation, "the \(other) broke the TLS protocol", openSSLText: text)
    }

    /// A peer that went during the handshake.
    static func closedDuringHandshake(other: String) -> TLSError {
        TLSError(.peerClosed, "the \(other) closed the connection during the TLS handshake")
    }

    /// A stream that ended without close_notify.
    static func truncated(other: String) -> TLSError {
        TLSError(
            .truncated,
            "the connection ended without the \(other) saying so (close_notify): what came may be cut short"
        )
    }

    /// A peer that does not speak TLS, when the first octet it sent is text.
    static func plaintext(_ octets: [UInt8], isServer: Bool) -> TLSError? {
        guard let first = octets.first, (0x20...0x7E).contains(first) || first == 0x0D || first == 0x0A else {
            return nil
        }
        let said = PeerText.escape(octets, limit: 64)
        return TLSError(
            .plaintextPeer,
            isServer
                ? "the client speaks plain text where TLS is due; it said: \(said)"
                : "the server speaks plain text on this port: use STARTTLS; it said: \(said)"
        )
    }

    private static func alert(_ failure: OpenSSLFailure, other: String, text: String?) -> TLSError? {
        guard failure.reason > SSL_AD_REASON_OFFSET else { return nil }
        let number = failure.reason - SSL_AD_REASON_OFFSET
        // The text is a constant of the library.
        let known = unsafe SSL_alert_desc_string_long(number).map { unsafe String(cString: $0) } ?? "unknown"
        let name =
            switch (known, number) {
            case ("unknown", 109): "missing extension"
            case ("unknown", 116): "certificate required"
            case ("unknown", _): "alert \(number)"
            default: known
            }
        return TLSError(.alert, "the \(other) sent the TLS alert \"\(name)\"", alert: name, openSSLText: text)
    }

    private static func version(_ circumstances: Circumstances, other: String, text: String?) -> TLSError {
        let minimum = circumstances.minimumVersion
        let octets = circumstances.firstOctets
        // A handshake record with a ServerHello has the server's version here (RFC 5246, section 7.4.1.3).
        let message =
            if circumstances.peer != nil, octets.count > 10, octets[0] == 0x16, octets[5] == 2 {
                "the server offers only \(TLSVersion(rawValue: UInt16(octets[9]) << 8 | UInt16(octets[10])));"
                    + " at least \(minimum) is required"
            } else if octets.first.map({ (0x14...0x18).contains($0) }) ?? true {
                "the \(other) offers no version of TLS that is accepted here; at least \(minimum) is required"
            } else {
                "what the \(other) sends is not TLS"
            }
        return TLSError(.protocolVersion, message, openSSLText: text)
    }
}
