internal import COpenSSL

extension TLSError {
    /// A peer whose certificate does not verify.
    static func verification(_ failure: SSLConnection.VerificationFailure, peer: PeerName?) -> TLSError {
        let certificate = failure.certificate
        let subject = certificate?.subject ?? "unknown"
        let issuer = certificate?.issuer ?? "unknown"
        let (reason, message): (Reason, String) =
            switch failure.error {
            case X509_V_ERR_CERT_HAS_EXPIRED:
                (.expired, "the certificate of \(subject) expired on \(Self.text(certificate?.notAfter))")
            case X509_V_ERR_CERT_NOT_YET_VALID:
                (
                    .notYetValid,
                    "the certificate of \(subject) is not valid before \(Self.text(certificate?.notBefore))"
                )
            case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT, X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY,
                X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
                (
                    .unknownIssuer,
                    "the certificate of \(subject) is issued by \(issuer), which is neither trusted nor sent along"
                )
            case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
                (.unknownIssuer, "the chain ends at \(subject), which is not trusted")
            case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
                (.selfSigned, "the certificate of \(subject) is signed by itself and not trusted")
            case X509_V_ERR_HOSTNAME_MISMATCH, X509_V_ERR_IP_ADDRESS_MISMATCH:
                (.hostnameMismatch, Self.mismatch(certificate, peer: peer))
            case X509_V_ERR_CERT_REVOKED:
                (.revoked, "the certificate of \(subject) was revoked by \(issuer)")
            case X509_V_ERR_EE_KEY_TOO_SMALL, X509_V_ERR_CA_KEY_TOO_SMALL:
                (
                    .weakKey,
                    "the key of \(subject) is too small; a cipherList with @SECLEVEL=1 or 0 accepts it"
                )
            case X509_V_ERR_CA_MD_TOO_WEAK:
                (
                    .weakSignature,
                    "the certificate of \(subject) is signed with a broken digest;"
                        + " a cipherList with @SECLEVEL=1 or 0 accepts it"
                )
            case X509_V_ERR_DANE_NO_MATCH:
                (.daneMismatch, "no TLSA record fits the certificate of \(subject)")
            default:
                (.other(Int(failure.error)), "the certificate of \(subject) was not accepted")
            }
        // The text is a constant of the library.
        let text = unsafe String(cString: X509_verify_cert_error_string(Int(failure.error)))
        return TLSError(.verificationFailed, message, reason: reason, openSSLText: text)
    }

    private static func mismatch(_ certificate: TLSCertificate?, peer: PeerName?) -> String {
        let wanted = peer?.text ?? "another name"
        let names = certificate?.names ?? []
        guard !names.isEmpty else {
            return
                "the certificate of \(certificate?.subject ?? "unknown") names no host, but connected to \(wanted)"
        }
        let listed = names.prefix(8).joined(separator: ", ") + (names.count > 8 ? ", …" : "")
        return "the certificate is issued for \(listed), but connected to \(wanted)"
    }

    private static func text(_ time: CertificateTime?) -> String {
        time.map(\.description) ?? "an unknown day"
    }
}
