package import NIOOpenSSL
package import SMTPCore

/// Why a connection cannot be used any more; ``SMTPError`` adds what was going on.
package enum ConnectionFailure: Error, Sendable {
    /// The server closed the connection.
    case closedByServer
    /// The network failed.
    case network(any Error)
    /// The server sent something that is no reply, or exceeds the limits.
    case malformedReply(ReplyError)
    /// The server sent something although nothing was asked.
    case unsolicitedData(excerpt: [UInt8])
    /// The server said 421 although nothing was asked.
    case serverClosing(Reply)
    /// Octets in clear came behind the 220 to STARTTLS.
    case plaintextBeforeTLS(count: Int)
    /// The TLS handshake failed.
    case tls(TLSError)
    /// A reply, or room for the next octets, did not come in time.
    case timedOut
    /// The task was cancelled inside an exchange.
    case cancelled
    /// This side closed the connection.
    case closedLocally
}

extension ConnectionFailure {
    /// The same failure, without what must not be shown.
    ///
    /// Octets that are no reply are left out as a whole: an excerpt may end within a secret.
    func redacting(_ secrets: [[UInt8]]) -> ConnectionFailure {
        guard !secrets.isEmpty else { return self }
        let placeholder = Array("[redacted]".utf8)
        return switch self {
        case .malformedReply(let error):
            .malformedReply(
                ReplyError(error.reason, line: placeholder, reply: error.reply?.redacting(secrets))
            )
        case .unsolicitedData: .unsolicitedData(excerpt: placeholder)
        case .serverClosing(let reply): .serverClosing(reply.redacting(secrets))
        default: self
        }
    }

    /// Why a connection ended, in words of ours.
    var closingWords: StaticString {
        switch self {
        case .closedByServer: "closed by server"
        case .network: "network"
        case .malformedReply: "malformed reply"
        case .unsolicitedData: "unsolicited data"
        case .serverClosing: "server closing"
        case .plaintextBeforeTLS: "plaintext before TLS"
        case .tls: "TLS"
        case .timedOut: "timed out"
        case .cancelled: "cancelled"
        case .closedLocally: "closed"
        }
    }
}
