public import NIOCore
public import NIOOpenSSL
internal import NIOPosix
public import SASL
public import SMTPCore

/// How sessions with a server behave.
public struct SMTPConfiguration: Sendable {
    /// Name for EHLO; nil takes the host's name if it is a full one, otherwise the address literal of the
    /// socket.
    public var helloName: HelloName?
    /// Time limits.
    public var timeouts = Timeouts()
    /// Size limits of what a server may send.
    public var replyLimits = ReplyLimits()
    /// How messages are sent.
    public var sending = SendOptions()
    /// How TLS verifies the server, and what else it needs to know.
    public var tls = TLSConfiguration()
    /// A context made of a TLS configuration beforehand, in place of ``tls``; nil makes one for each client, and
    /// for each session that is opened by itself.
    ///
    /// Making one reads the trusted roots, which takes milliseconds; sessions are resumed only within one.
    public var tlsContext: TLSContext?
    /// What to log in with before the first message; nil sends without.
    public var credentials: Credentials?
    /// Which SASL mechanisms may be used, and in which order.
    public var authentication = AuthenticationPolicy.default
    /// Whether a mechanism that reveals the password may be used although the connection is not encrypted,
    /// or the server is not verified.
    ///
    /// Insecure: anybody on the way can read the password.
    public var allowsPlaintextAuthentication = false
    /// Local address to connect from, with an optional port; nil lets the system choose.
    public var sourceAddress: SourceAddress?
    /// Who gets the dialogue, secrets left out; nil for nobody.
    public var transcript: Transcript?
    /// Event loops to run on.
    public var eventLoopGroup: any EventLoopGroup

    /// The defaults; event loops are those every SwiftNIO program shares.
    public init() {
        self.eventLoopGroup = MultiThreadedEventLoopGroup.singleton
    }
}
