/// What the server is about to answer.
enum Subject: Sendable {
    case connect
    /// The first octets of a TLS handshake are there.
    case clientHello
    /// The TLS handshake is done.
    case secured
    case command(CommandLine)
    /// A line that cannot be a command; not scriptable.
    case malformed(Reply)
    case authResponse(String)
    case contentOctets(Int)
    case chunk(size: Int)
    case endOfContent
    /// The LMTP recipient with this index.
    case recipient(Int)
}
