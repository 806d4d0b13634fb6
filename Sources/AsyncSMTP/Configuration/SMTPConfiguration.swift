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
    /// What all messages have in common.
    public var messageDefaults = MessageDefaults()
    /// What a client does about messages that were not accepted; nothing by default.
    public var retryPolicy = RetryPolicy.none
    /// How TLS verifies the server, and what else it needs to know.
    public var tls = TLSConfiguration()
    /// A context made of a TLS configuration beforehand, in place of ``tls``; nil makes one for each client, and
    /// for each session that is opened by itself.
    ///
    /// Making one reads the trusted roots, which takes milliseconds; sessions are resumed only within one,
    /// whoever logs in: clients of different users that resume sessions need one each.
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
    /// Logs, metrics and spans; all off unless set.
    public var observability = Observability()
    /// Event loops to run on.
    public var eventLoopGroup: any EventLoopGroup

    /// The defaults; event loops are those every SwiftNIO program shares.
    public init() {
        self.eventLoopGroup = MultiThreadedEventLoopGroup.singleton
    }
}

extension SMTPConfiguration: CustomReflectable {
    /// Shows every setting, but not into the event loops, which lead to all connections that run on them and
    /// what they hold.
    public var customMirror: Mirror {
        Mirror(
            self,
            children: [
                "helloName": self.helloName as Any, "timeouts": self.timeouts,
                "replyLimits": self.replyLimits,
                "sending": self.sending, "tls": self.tls, "credentials": self.credentials as Any,
                "authentication": self.authentication,
                "allowsPlaintextAuthentication": self.allowsPlaintextAuthentication,
                "sourceAddress": self.sourceAddress as Any,
                "observability": self.observability,
            ],
            displayStyle: .struct
        )
    }
}

extension SMTPConfiguration: CustomStringConvertible, CustomDebugStringConvertible {
    /// The settings that ``customMirror`` shows.
    public var description: String {
        let settings = self.customMirror.children.map { "\($0.label ?? ""): \($0.value)" }
        return "SMTPConfiguration(\(settings.joined(separator: ", ")))"
    }

    /// The same as ``description``.
    public var debugDescription: String { self.description }
}
