/// The certificates a peer's chain must lead to.
public struct TrustRoots: Sendable, Hashable {
    enum Source: Sendable, Hashable {
        case file(String)
        case octets([UInt8])
    }

    /// The roots OpenSSL is set up with: the distribution's, or those named by `SSL_CERT_FILE` and
    /// `SSL_CERT_DIR`.
    public static let system = TrustRoots(includesSystem: true, sources: [])

    /// The certificates of a PEM file, and no others.
    public static func file(_ path: String) -> TrustRoots {
        TrustRoots(includesSystem: false, sources: [.file(path)])
    }

    /// The certificates of a PEM text, and no others.
    public static func pem(_ octets: [UInt8]) -> TrustRoots {
        TrustRoots(includesSystem: false, sources: [.octets(octets)])
    }

    /// Exactly these certificates.
    public static func certificates(_ certificates: [TLSCertificate]) -> TrustRoots {
        TrustRoots(includesSystem: false, sources: certificates.map { .octets($0.der) })
    }

    /// The system's roots and these.
    public static func systemAnd(_ others: TrustRoots) -> TrustRoots {
        TrustRoots(includesSystem: true, sources: others.sources)
    }

    let includesSystem: Bool
    let sources: [Source]
}
