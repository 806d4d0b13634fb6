import NIOCore

/// Something that the protocol has to tell the records.
enum SessionFact: Sendable {
    /// A line was taken up; with its verb when it is a command.
    case line(String, verb: String?)
    /// The first octet of a content has arrived.
    case contentStarted
    /// A message was accepted.
    case message(SMTPTestServer.ReceivedMessage)
    /// The client gave its name.
    case hello(String)
    /// AUTH succeeded.
    case authenticated(SMTPTestServer.Authentication)
    /// These octets stood behind a STARTTLS command that was accepted.
    case injected(ByteBuffer)
    /// Octets that looked like TLS are taken for commands.
    case received(ByteBuffer)
    /// The TLS handshake is done.
    case secured(Security, serverName: String?)
    /// TLS has failed.
    case failedTLS(String)
    /// The client did not wait for the reply to this command.
    case synchronizationError(String)
}
