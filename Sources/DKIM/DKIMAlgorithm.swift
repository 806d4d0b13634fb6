/// Signature algorithm (`a=`; RFC 6376 section 3.3, RFC 8463).
public enum DKIMAlgorithm: Sendable, Hashable, CaseIterable {
    /// RSA with SHA-256, which every verifier knows.
    case rsaSHA256
    /// Ed25519 with SHA-256; not every verifier knows it, so sign with RSA as well.
    case ed25519SHA256

    /// Value of the tag `a=`.
    var tagValue: String {
        switch self {
        case .rsaSHA256: "rsa-sha256"
        case .ed25519SHA256: "ed25519-sha256"
        }
    }

    /// Value of the tag `k=` of a key record.
    var keyType: String {
        switch self {
        case .rsaSHA256: "rsa"
        case .ed25519SHA256: "ed25519"
        }
    }
}
