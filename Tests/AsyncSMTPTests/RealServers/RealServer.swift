import AsyncSMTP
import Foundation
import Testing

/// A mail server that `Tests/Support/servers.sh` starts; the comment there says how it stores a message.
enum RealServer: String, CaseIterable, Sendable, CustomTestStringConvertible {
    case smtpSink = "smtp-sink"
    case lmtpSink = "smtp-sink by LMTP"
    case aiosmtpd = "aiosmtpd"
    case aiosmtpdLMTP = "aiosmtpd by LMTP over a Unix socket"
    case dovecot = "Dovecot by LMTP"
    case dovecotSocket = "Dovecot by LMTP over a Unix socket"

    /// The servers that offer CHUNKING.
    static let chunking = Self.allCases.filter(\.offersChunking)
    /// The servers that speak LMTP.
    static let lmtp = Self.allCases.filter { $0.flavour == .lmtp }

    var testDescription: String { self.rawValue }

    /// Name of the environment variable that says where it listens.
    var variable: String {
        switch self {
        case .smtpSink: "TEST_SMTP_SINK_PORT"
        case .lmtpSink: "TEST_LMTP_SINK_PORT"
        case .aiosmtpd: "TEST_AIOSMTPD_PORT"
        case .aiosmtpdLMTP: "TEST_AIOSMTPD_LMTP_SOCKET"
        case .dovecot: "TEST_DOVECOT_LMTP_PORT"
        case .dovecotSocket: "TEST_DOVECOT_LMTP_SOCKET"
        }
    }

    var flavour: Flavour {
        switch self {
        case .smtpSink, .aiosmtpd: .smtp
        case .lmtpSink, .aiosmtpdLMTP, .dovecot, .dovecotSocket: .lmtp
        }
    }

    var isSink: Bool { self == .smtpSink || self == .lmtpSink }
    var offersPipelining: Bool { self != .aiosmtpd && self != .aiosmtpdLMTP }
    var offersChunking: Bool { self == .dovecot || self == .dovecotSocket }
    var offersSize: Bool { self == .aiosmtpd || self == .aiosmtpdLMTP }

    /// Where it listens.
    func endpoint() throws -> SMTPServer {
        let place = try RealServerVariable.value(of: self.variable)
        switch self {
        case .aiosmtpdLMTP, .dovecotSocket: return SMTPServer(unixSocket: place, flavour: self.flavour)
        default:
            return try SMTPServer(host: "127.0.0.1", port: Int(place), tls: .plaintext, flavour: self.flavour)
        }
    }
}

/// What the script that starts the servers tells about them.
enum RealServerVariable {
    struct Missing: Error {
        let name: String
    }

    static func isSet(_ name: String) -> Bool {
        ProcessInfo.processInfo.environment[name] != nil
    }

    /// - Throws: ``Missing``: all servers are started together, so one without the others is a mistake.
    static func value(of name: String) throws -> String {
        guard let value = ProcessInfo.processInfo.environment[name] else { throw Missing(name: name) }
        return value
    }
}

extension Trait where Self == ConditionTrait {
    /// The test runs only where the real servers do.
    static var realServers: Self {
        .enabled(
            if: RealServer.allCases.contains { RealServerVariable.isSet($0.variable) },
            "needs real servers: ./Tests/run.sh --real-servers"
        )
    }

    /// The test runs only where this server does.
    static func realServer(_ variable: String) -> Self {
        .enabled(
            if: RealServerVariable.isSet(variable),
            "needs \(variable): ./Tests/run.sh --real-servers"
        )
    }
}

extension SMTPConfiguration {
    /// Gives the name that the tests find again in what the servers stored.
    static func forRealServers() throws -> SMTPConfiguration {
        var configuration = SMTPConfiguration()
        configuration.helloName = try HelloName("client.example")
        return configuration
    }
}
