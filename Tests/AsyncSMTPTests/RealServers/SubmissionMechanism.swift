import AsyncSMTP
import Foundation
import Testing

/// A mechanism that Dovecot may offer and this library has.
enum SubmissionMechanism: String, CaseIterable, Sendable, CustomTestStringConvertible {
    case plain = "PLAIN"
    case login = "LOGIN"
    case cramMD5 = "CRAM-MD5"
    case scramSHA1 = "SCRAM-SHA-1"
    case scramSHA256 = "SCRAM-SHA-256"
    case xoauth2 = "XOAUTH2"
    case oauthBearer = "OAUTHBEARER"
    case external = "EXTERNAL"

    /// What the server lists, as the script that started it found out by other means.
    static let offered: [SubmissionMechanism] = {
        let names = ProcessInfo.processInfo.environment["TEST_DOVECOT_MECHANISMS"] ?? ""
        return names.split(separator: " ").compactMap { SubmissionMechanism(rawValue: String($0)) }
    }()
    static let withPassword = Self.offered.filter(\.needsPassword)
    static let withToken = Self.offered.filter(\.needsToken)

    var testDescription: String { self.rawValue }
    var needsToken: Bool { self == .xoauth2 || self == .oauthBearer }
    var needsPassword: Bool { !self.needsToken && self != .external }

    /// Allows this mechanism only.
    var policy: AuthenticationPolicy { AuthenticationPolicy(mechanisms: [self.rawValue]) }

    /// What the user logs in with.
    func credentials() throws -> Credentials {
        let username = try RealServerVariable.value(of: "TEST_DOVECOT_USER")
        if self == .external { return .external() }
        guard self.needsToken else {
            return Credentials(
                username: username,
                password: try RealServerVariable.value(of: "TEST_DOVECOT_PASSWORD")
            )
        }
        let token = Secret(try RealServerVariable.value(of: "TEST_DOVECOT_TOKEN"))
        return .token(username: username, source: TokenSource(fixed: token))
    }

    /// Configuration that logs in by this mechanism.
    func configuration() throws -> SMTPConfiguration {
        var configuration =
            self == .external ? try SMTPConfiguration.forRealTLSWithCertificate() : try .forRealTLS()
        configuration.authentication = self.policy
        configuration.credentials = try self.credentials()
        return configuration
    }
}
