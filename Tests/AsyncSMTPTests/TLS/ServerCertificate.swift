import NIOOpenSSL
import SMTPTestServer
import Testing

/// A certificate a server shows, the name the client connects to, and what must come of it.
struct ServerCertificate: Sendable, CustomTestStringConvertible {
    struct Material {
        var identity: TLSIdentity
        var roots: TrustRoots
        var revocationLists: [[UInt8]] = []
    }

    let testDescription: String
    let host: String
    /// Why the client refuses; nil when it does not.
    let reason: TLSError.Reason?
    let make: @Sendable () throws -> Material

    private init(
        _ description: String,
        _ reason: TLSError.Reason?,
        host: String,
        make: @escaping @Sendable () throws -> Material
    ) {
        self.testDescription = description
        self.host = host
        self.reason = reason
        self.make = make
    }

    /// A row whose certificate comes from an authority the client trusts, for `host` unless changed.
    private static func issued(
        _ description: String,
        _ reason: TLSError.Reason?,
        host: String = "localhost",
        _ change: @escaping @Sendable (inout CertificateRequest) -> Void = { _ in }
    ) -> ServerCertificate {
        ServerCertificate(description, reason, host: host) {
            let authority = try CertificateAuthority()
            var request = CertificateRequest(dnsNames: [host])
            change(&request)
            return Material(identity: try authority.issue(request).identity, roots: authority.trustRoots)
        }
    }

    private static func addresses(_ addresses: String...) -> @Sendable (inout CertificateRequest) -> Void {
        {
            $0.dnsNames = []
            $0.addresses = addresses
        }
    }

    static let refused: [ServerCertificate] = [
        .issued("expired", .expired) {
            $0.notBefore = .seconds(-7_200)
            $0.notAfter = .seconds(-3_600)
        },
        .issued("not yet valid", .notYetValid) { $0.notBefore = .seconds(3_600) },
        ServerCertificate("self-signed", .selfSigned, host: "localhost") {
            let own = try CertificateAuthority.selfSigned(CertificateRequest(dnsNames: ["localhost"]))
            return Material(identity: own.identity, roots: try CertificateAuthority().trustRoots)
        },
        .issued("wrong host", .hostnameMismatch) { $0.dnsNames = ["mail.example.org"] },
        .issued("wildcard and two labels", .hostnameMismatch, host: "a.b.example.org") {
            $0.dnsNames = ["*.example.org"]
        },
        .issued("wildcard and bare domain", .hostnameMismatch, host: "example.org") {
            $0.dnsNames = ["*.example.org"]
        },
        .issued("common name only", .hostnameMismatch) {
            $0.dnsNames = []
            $0.commonName = "localhost"
        },
        .issued("address for a host name", .hostnameMismatch, Self.addresses("127.0.0.1")),
        .issued("address written as a DNS name", .hostnameMismatch, host: "127.0.0.1") {
            $0.commonName = "127.0.0.1"
        },
        .issued("another address", .hostnameMismatch, host: "127.0.0.1", Self.addresses("127.0.0.2")),
        .issued("NUL in a name", .hostnameMismatch) {
            $0.dnsNames = []
            $0.rawDNSNames = [Array("localhost\0.evil.example".utf8)]
        },
        ServerCertificate("unknown issuer", .unknownIssuer, host: "localhost") {
            let issued = try CertificateAuthority().issue(dnsNames: ["localhost"])
            return Material(identity: issued.identity, roots: try CertificateAuthority().trustRoots)
        },
        ServerCertificate("intermediate authority missing", .unknownIssuer, host: "localhost") {
            let root = try CertificateAuthority()
            let issued = try root.intermediate().issue(dnsNames: ["localhost"])
            return Material(identity: issued.identityWithoutChain, roots: root.trustRoots)
        },
        ServerCertificate("revoked", .revoked, host: "localhost") {
            let authority = try CertificateAuthority()
            let issued = try authority.issue(dnsNames: ["localhost"])
            return Material(
                identity: issued.identity,
                roots: authority.trustRoots,
                revocationLists: [try authority.revocationList([issued.serial])]
            )
        },
        .issued("SHA-1 signature", .weakSignature) { $0.digest = .sha1 },
        .issued("1024-bit key", .weakKey) { $0.key = .rsa(1_024) },
    ]

    static let accepted: [ServerCertificate] = [
        .issued("exact name", nil),
        .issued("another case and a trailing dot", nil, host: "MAIL.example.org.") {
            $0.dnsNames = ["mail.EXAMPLE.org"]
        },
        .issued("second name", nil) { $0.dnsNames = ["mail.example.org", "localhost"] },
        .issued("wildcard for one label", nil, host: "a.example.org") { $0.dnsNames = ["*.example.org"] },
        .issued("address", nil, host: "127.0.0.1", Self.addresses("127.0.0.1")),
        ServerCertificate("intermediate authority", nil, host: "localhost") {
            let root = try CertificateAuthority()
            let issued = try root.intermediate().issue(dnsNames: ["localhost"])
            return Material(identity: issued.identity, roots: root.trustRoots)
        },
        ServerCertificate("self-signed and trusted", nil, host: "127.0.0.1") {
            let own = try CertificateAuthority.selfSigned(CertificateRequest(addresses: ["127.0.0.1"]))
            return Material(identity: own.identity, roots: own.trustRoots)
        },
        ServerCertificate("another one revoked", nil, host: "localhost") {
            let authority = try CertificateAuthority()
            let issued = try authority.issue(dnsNames: ["localhost"])
            return Material(
                identity: issued.identity,
                roots: authority.trustRoots,
                revocationLists: [try authority.revocationList([issued.serial &+ 1])]
            )
        },
    ]
}
