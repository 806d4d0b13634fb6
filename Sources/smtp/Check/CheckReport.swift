internal import AsyncSMTP

/// What was found out about a server, for programs.
struct CheckReport: Encodable {
    /// Level or mechanism, and what decided it.
    struct Pipelining: Encodable {
        let level: String
        let reason: String
        let explanation: String
    }

    /// A mechanism, and what decided it.
    struct Mechanism: Encodable {
        let name: String
        let usable: Bool
        let reason: String
        let explanation: String
    }

    /// What TLS agreed on.
    struct TLS: Encodable {
        let version: String
        let cipher: String
        let verified: Bool
        let verifiedName: OrNull<String>
        let certificate: OrNull<Certificate>
    }

    /// The certificate of the server.
    struct Certificate: Encodable, Sendable {
        let subject: String
        let issuer: String
        let names: [String]
        let notBefore: Int64
        let notAfter: Int64
        let fingerprint: String
        let pin: String

        init(_ certificate: TLSCertificate) {
            self.subject = certificate.subject
            self.issuer = certificate.issuer
            self.names = certificate.names
            self.notBefore = certificate.notBefore.secondsSince1970
            self.notAfter = certificate.notAfter.secondsSince1970
            self.fingerprint = certificate.fingerprint
            self.pin = certificate.publicKeyPin.description
        }
    }

    let server: OrNull<String>
    let greeting: OrNull<ReplyReport>
    let serverName: OrNull<String>
    let extensions: [String: [String]]
    let authMechanisms: [String]
    let tls: OrNull<TLS>
    let mechanism: OrNull<String>
    let mechanisms: [Mechanism]
    let pipelining: OrNull<Pipelining>
    let chunking: Bool
    let authenticated: Bool
    let error: OrNull<String>

    init(_ check: ServerCheck) {
        self.server = OrNull(check.server?.description)
        self.greeting = OrNull(check.greeting.map(ReplyReport.init))
        self.serverName = OrNull(check.extensions.serverName)
        var extensions: [String: [String]] = [:]
        for keyword in check.extensions.keywords {
            extensions[keyword.description] = check.extensions.parameters(of: keyword) ?? []
        }
        self.extensions = extensions
        self.authMechanisms = check.extensions.authenticationMechanisms
        self.tls = OrNull(
            check.tls.map { tls in
                TLS(
                    version: tls.version.description,
                    cipher: tls.cipher,
                    verified: tls.isVerified,
                    verifiedName: OrNull(tls.verifiedName),
                    certificate: OrNull(tls.peerCertificates.first.map(Certificate.init))
                )
            }
        )
        self.mechanism = OrNull(check.mechanisms.first { $0.isUsable }?.mechanism)
        self.mechanisms = check.mechanisms.map { verdict in
            Mechanism(
                name: verdict.mechanism,
                usable: verdict.isUsable,
                reason: verdict.reason.description,
                explanation: verdict.explanation
            )
        }
        self.pipelining = OrNull(
            check.pipelining.map { choice in
                Pipelining(
                    level: "\(choice.level)",
                    reason: choice.reason.description,
                    explanation: choice.explanation
                )
            }
        )
        self.chunking = check.sendsInChunks
        self.authenticated = check.isAuthenticated
        self.error = OrNull(check.failure.map { "\($0)" })
    }
}
