import AsyncSMTP
import Testing

/// A port of a real server, and how TLS begins there.
struct RealTLSPort: Sendable, CustomTestStringConvertible {
    /// Name of the environment variable that says where it is.
    let variable: String
    let tls: TLSMode

    /// Dovecot's submission service.
    static let submission = [
        RealTLSPort(variable: "TEST_DOVECOT_SUBMISSION_PORT", tls: .startTLS),
        RealTLSPort(variable: "TEST_DOVECOT_SUBMISSIONS_PORT", tls: .implicit),
    ]
    /// Postfix, where it may do without TLS.
    static let postfix = RealTLSPort(variable: "TEST_POSTFIX_PORT", tls: .startTLS)
    /// Postfix, where it requires STARTTLS.
    static let postfixRequired = RealTLSPort(variable: "TEST_POSTFIX_TLS_PORT", tls: .startTLS)
    /// Postfix with TLS from the first octet.
    static let postfixSMTPS = RealTLSPort(variable: "TEST_POSTFIX_SMTPS_PORT", tls: .implicit)

    var testDescription: String { "\(self.variable), \(self.tls)" }

    func with(_ tls: TLSMode) -> RealTLSPort {
        RealTLSPort(variable: self.variable, tls: tls)
    }

    /// - Parameter host: A name or an address that the certificate is for.
    func endpoint(host: String = "localhost") throws -> SMTPServer {
        try SMTPServer(host: host, port: Int(RealServerVariable.value(of: self.variable)), tls: self.tls)
    }
}

extension SMTPConfiguration {
    /// Trusts the authority of the real servers, or that of another variable.
    static func forRealTLS(trusting variable: String = "TEST_TLS_CA_FILE") throws -> SMTPConfiguration {
        var configuration = try SMTPConfiguration.forRealServers()
        configuration.tls.trustRoots = .file(try RealServerVariable.value(of: variable))
        return configuration
    }

    /// The same with the client's certificate.
    static func forRealTLSWithCertificate() throws -> SMTPConfiguration {
        var configuration = try SMTPConfiguration.forRealTLS()
        configuration.tls.identity = TLSIdentity(
            certificateChainFile: try RealServerVariable.value(of: "TEST_TLS_CLIENT_CERTIFICATE_FILE"),
            privateKeyFile: try RealServerVariable.value(of: "TEST_TLS_CLIENT_KEY_FILE")
        )
        return configuration
    }
}
