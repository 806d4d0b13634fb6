import NIOOpenSSL
import Testing

/// A certificate of a server, and what a client must make of it.
struct CertificateCase: Sendable, CustomTestStringConvertible {
    struct Server {
        var identity: TLSIdentity
        var roots: TrustRoots
        var revocationLists: [[UInt8]] = []
    }

    let testDescription: String
    /// The name or address the client connects to.
    let host: String
    /// Why the client refuses; nil when it does not.
    let reason: TLSError.Reason?
    let make: @Sendable () throws -> Server

    private init(
        _ description: String,
        _ reason: TLSError.Reason?,
        host: String = "mail.example.org",
        make: @escaping @Sendable () throws -> Server
    ) {
        self.testDescription = description
        self.host = host
        self.reason = reason
        self.make = make
    }

    /// A certificate of a trusted authority.
    private init(
        _ description: String,
        _ reason: TLSError.Reason?,
        host: String = "mail.example.org",
        _ change: @escaping @Sendable (inout CertificateRequest) -> Void
    ) {
        self.init(description, reason, host: host) {
            let authority = try CertificateAuthority()
            var request = CertificateRequest(dnsNames: ["mail.example.org"])
            change(&request)
            return Server(identity: try authority.issue(request).identity, roots: authority.trustRoots)
        }
    }

    static let refused: [CertificateCase] = [
        CertificateCase("expired", .expired) {
            $0.notBefore = .seconds(-172_800)
            $0.notAfter = .seconds(-86_400)
        },
        CertificateCase("not yet valid", .notYetValid) { $0.notBefore = .seconds(3_600) },
        CertificateCase("self-signed", .selfSigned) {
            let own = try CertificateAuthority.selfSigned(CertificateRequest(dnsNames: ["mail.example.org"]))
            return Server(identity: own.identity, roots: try CertificateAuthority().trustRoots)
        },
        CertificateCase("wrong host", .hostnameMismatch) { $0.dnsNames = ["other.example.org"] },
        CertificateCase("wildcard, two labels", .hostnameMismatch, host: "a.b.example.org") {
            $0.dnsNames = ["*.example.org"]
        },
        CertificateCase("wildcard, no label", .hostnameMismatch, host: "example.org") {
            $0.dnsNames = ["*.example.org"]
        },
        CertificateCase("wildcard within a label", .hostnameMismatch) { $0.dnsNames = ["m*.example.org"] },
        CertificateCase("common name only", .hostnameMismatch) { $0.dnsNames = [] },
        CertificateCase("common name beside another name", .hostnameMismatch) {
            $0.commonName = "mail.example.org"
            $0.dnsNames = ["other.example.org"]
        },
        CertificateCase("address for a host name", .hostnameMismatch, host: "localhost") {
            $0.dnsNames = []
            $0.addresses = ["127.0.0.1"]
        },
        CertificateCase("address written as a DNS name", .hostnameMismatch, host: "127.0.0.1") {
            $0.dnsNames = ["127.0.0.1"]
            $0.commonName = "127.0.0.1"
        },
        CertificateCase("another address", .hostnameMismatch, host: "127.0.0.1") {
            $0.addresses = ["127.0.0.2"]
        },
        CertificateCase("NUL in a name", .hostnameMismatch) {
            $0.dnsNames = []
            $0.rawDNSNames = [Array("mail.example.org\0.evil.example".utf8)]
        },
        CertificateCase("unknown authority", .unknownIssuer) {
            let issued = try CertificateAuthority().issue(dnsNames: ["mail.example.org"])
            return Server(identity: issued.identity, roots: try CertificateAuthority().trustRoots)
        },
        CertificateCase("intermediate authority missing", .unknownIssuer) {
            let root = try CertificateAuthority()
            let issued = try root.intermediate().issue(dnsNames: ["mail.example.org"])
            return Server(identity: issued.identityWithoutChain, roots: root.trustRoots)
        },
        CertificateCase("issued by one that is no authority", .other(79)) {
            let root = try CertificateAuthority()
            let leaf = try root.issue(dnsNames: ["other.example.org"])
            let forged = try CertificateAuthority(signingWith: leaf).issue(dnsNames: ["mail.example.org"])
            return Server(identity: forged.identity, roots: root.trustRoots)
        },
        CertificateCase("revoked", .revoked) {
            let authority = try CertificateAuthority()
            let issued = try authority.issue(dnsNames: ["mail.example.org"])
            return Server(
                identity: issued.identity,
                roots: authority.trustRoots,
                revocationLists: [try authority.revocationList([issued.serial])]
            )
        },
        CertificateCase("SHA-1 signature", .weakSignature) { $0.digest = .sha1 },
        CertificateCase("1024-bit key", .weakKey) { $0.key = .rsa(1_024) },
    ]

    static let accepted: [CertificateCase] = [
        CertificateCase("exact name", nil) { _ in },
        CertificateCase("another case", nil, host: "MAIL.example.ORG") { _ in },
        CertificateCase("trailing dot", nil, host: "mail.example.org.") { _ in },
        CertificateCase("second name", nil) { $0.dnsNames = ["other.example.org", "mail.example.org"] },
        CertificateCase("wildcard for one label", nil) { $0.dnsNames = ["*.example.org"] },
        CertificateCase("A-label", nil, host: "xn--bcher-kva.example") {
            $0.dnsNames = ["xn--bcher-kva.example"]
        },
        CertificateCase("Q33 address", nil, host: "127.0.0.1") { $0.addresses = ["127.0.0.1"] },
        CertificateCase("IPv6 address", nil, host: "::1") { $0.addresses = ["0:0:0:0:0:0:0:1"] },
        CertificateCase("IPv6 address with zone", nil, host: "fe80::1%eth0") { $0.addresses = ["fe80::1"] },
        CertificateCase("2048-bit RSA", nil) { $0.key = .rsa(2_048) },
        CertificateCase("Ed25519", nil) { $0.key = .ed25519 },
        CertificateCase("intermediate authority", nil) {
            let root = try CertificateAuthority()
            let issued = try root.intermediate().issue(dnsNames: ["mail.example.org"])
            return Server(identity: issued.identity, roots: root.trustRoots)
        },
        CertificateCase("trusted intermediate authority", nil) {
            let intermediate = try CertificateAuthority().intermediate()
            let issued = try intermediate.issue(dnsNames: ["mail.example.org"])
            return Server(identity: issued.identityWithoutChain, roots: intermediate.trustRoots)
        },
        CertificateCase("Q33 self-signed and trusted", nil, host: "127.0.0.1") {
            let own = try CertificateAuthority.selfSigned(CertificateRequest(addresses: ["127.0.0.1"]))
            return Server(identity: own.identity, roots: own.trustRoots)
        },
        CertificateCase("another one revoked", nil) {
            let authority = try CertificateAuthority()
            let issued = try authority.issue(dnsNames: ["mail.example.org"])
            return Server(
                identity: issued.identity,
                roots: authority.trustRoots,
                revocationLists: [try authority.revocationList([issued.serial + 1])]
            )
        },
    ]
}
