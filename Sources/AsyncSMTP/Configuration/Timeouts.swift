/// How long each step may take.
///
/// Defaults are those of RFC 5321 section 4.5.3.2 where it names one.
///
/// Each is a deadline for the whole reply, counted from the command; a server that sends an octet now and
/// then cannot stretch it. A step that takes longer ends the connection.
public struct Timeouts: Sendable, Hashable {
    /// Name lookup and connecting, all addresses together.
    public var connect: Duration = .seconds(60)
    /// The TLS handshake, counted from the connection or from the 220 to STARTTLS.
    public var tlsHandshake: Duration = .seconds(60)
    /// The greeting; servers delay it on purpose (RFC 5321: 5 minutes).
    public var greeting: Duration = .seconds(300)
    /// EHLO, HELO, LHLO and STARTTLS.
    public var hello: Duration = .seconds(300)
    /// Each step of AUTH.
    public var authentication: Duration = .seconds(300)
    /// MAIL (RFC 5321: 5 minutes).
    public var mail: Duration = .seconds(300)
    /// RCPT (RFC 5321: 5 minutes).
    public var rcpt: Duration = .seconds(300)
    /// The 354 to DATA (RFC 5321: 2 minutes).
    public var data: Duration = .seconds(120)
    /// Room for the next block of content; starts anew with each block (RFC 5321: 3 minutes).
    public var contentBlock: Duration = .seconds(180)
    /// The reply behind the last octet of content (RFC 5321: 10 minutes).
    public var finalReply: Duration = .seconds(600)
    /// RSET, NOOP, VRFY, EXPN, HELP and commands of the caller.
    public var command: Duration = .seconds(300)
    /// The reply to QUIT, which hardly matters.
    public var quit: Duration = .seconds(3)
    /// A whole send over a session with all its transactions, waiting for its turn included; nil sets no
    /// limit.
    ///
    /// It begins when the session is connected.
    public var send: Duration?

    /// The defaults.
    public init() {}

    /// The same time for every step but QUIT, which keeps its own unless the time is shorter; smtplib's
    /// `timeout`.
    public init(all timeout: Duration) {
        self.connect = timeout
        self.tlsHandshake = timeout
        self.greeting = timeout
        self.hello = timeout
        self.authentication = timeout
        self.mail = timeout
        self.rcpt = timeout
        self.data = timeout
        self.contentBlock = timeout
        self.finalReply = timeout
        self.command = timeout
        self.quit = min(timeout, self.quit)
    }
}
