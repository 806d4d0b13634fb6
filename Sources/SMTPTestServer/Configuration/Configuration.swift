public import NIOCore

extension SMTPTestServer {
    /// What a server is and does.
    public struct Configuration: Sendable {
        /// Where it listens.
        public var endpoint: Endpoint

        /// SMTP or LMTP.
        public var flavour: Flavour

        /// How it speaks TLS; nil for never.
        public var tls: TLS?

        /// Whether all but EHLO, LHLO, NOOP, STARTTLS and QUIT gets 530 before TLS (RFC 3207 section 4).
        public var requiresTLS: Bool

        /// The name that it gives in the greeting and in the reply to EHLO.
        public var hostname: String

        /// The text of the greeting behind `220 `; nil for hostname and protocol.
        public var greeting: String?

        /// The lines of the reply to EHLO behind the first one, as text: keyword and parameters, or any junk.
        ///
        /// A parameter of MAIL or RCPT is understood when its extension is listed. An `AUTH` line is added
        /// when none is listed and there is somebody to authenticate, see ``mechanisms``; before TLS a
        /// `STARTTLS` line is, when ``tls`` has it.
        public var extensions: [String]

        /// The same for the reply to EHLO inside TLS; nil for ``extensions`` without STARTTLS.
        ///
        /// Nothing but an `AUTH` line is added to them: a `STARTTLS` listed here is offered, against RFC 3207
        /// section 4.2, and refused.
        public var extensionsAfterTLS: [String]?

        /// The greatest size of a message in octets; longer ones get 552.
        ///
        /// A change behind `init` leaves the SIZE line of ``extensions`` as it is.
        public var maximumMessageSize: Int

        /// The greatest number of recipients of a message; more get 452 4.5.3 (RFC 5321 section 4.5.3.1.10).
        public var maximumRecipients: Int

        /// User names and their passwords, for PLAIN, LOGIN, CRAM-MD5 and SCRAM; in the form that SASLprep
        /// (RFC 4013) gives them, since the server compares octets.
        public var users: [String: String]

        /// User names and their bearer tokens, for XOAUTH2 and OAUTHBEARER.
        public var tokens: [String: String]

        /// The mechanisms of the `AUTH` line that is added to ``extensions``; PLAIN and LOGIN by default.
        ///
        /// It is added when there are ``users`` or ``tokens``, or when EXTERNAL or ANONYMOUS, which need
        /// neither, are among the mechanisms. EXTERNAL and the -PLUS ones are listed inside TLS only. A
        /// mechanism that is not offered gets 504, as does an offered one that is none of ``allMechanisms``
        /// and that the script does not speak.
        public var mechanisms: [String]

        /// What the server chooses in CRAM-MD5 and SCRAM.
        public var challenges: Challenges

        /// Whether AUTH works without TLS, as is convenient in tests; otherwise the `AUTH` line is not added
        /// there, and the command gets 538 5.7.11 (RFC 4954 section 6).
        public var allowsAuthenticationInClear: Bool

        /// Whether MAIL gets 530 before a successful AUTH (RFC 4954 section 6).
        public var requiresAuthentication: Bool

        /// Mailing lists and their members, for EXPN; with none EXPN gets 502.
        public var lists: [String: [String]]

        /// What the server does other than by default.
        public var script: Script

        /// Takes each message that the server would accept; nil accepts all.
        ///
        /// It is called when the content is complete and before the reply that accepts it, once for each message,
        /// with all recipients that RCPT had accepted. The connection waits for it, others do not. A text that it
        /// returns refuses the message, to every recipient: `452 4.3.1 disk full`. A reply of the ``script`` to
        /// `.endOfContent`, or a message that is refused anyhow, does without it.
        public var onMessage: (@Sendable (ReceivedMessage) async -> String?)?

        /// How replies are cut into writes.
        public var segmentation: Segmentation

        /// Whether content is kept; otherwise only its length and checksum are, so that memory stays small.
        public var storesContent: Bool

        /// Whether the raw octets of the DATA phase are kept besides the content.
        public var storesWireContent: Bool

        /// The size of the socket buffers of a connection in octets, each way; nil for the system's choice.
        public var socketBufferSize: Int?

        /// The bounds of what the server keeps.
        public var limits: Limits

        /// The event loops to use; nil for the process-wide ones of SwiftNIO.
        ///
        /// A server uses one loop of the group.
        public var eventLoopGroup: (any EventLoopGroup)?

        /// A configuration; each parameter is described at the property of its name.
        ///
        /// - Parameter extensions: nil for ``standardExtensions(maximumMessageSize:)``.
        public init(
            endpoint: Endpoint = .loopbackIPv4,
            flavour: Flavour = .smtp,
            tls: TLS? = nil,
            requiresTLS: Bool = false,
            hostname: String = "mx.test.example",
            greeting: String? = nil,
            extensions: [String]? = nil,
            extensionsAfterTLS: [String]? = nil,
            maximumMessageSize: Int = 52_428_800,
            maximumRecipients: Int = 1_000,
            users: [String: String] = [:],
            tokens: [String: String] = [:],
            mechanisms: [String] = ["PLAIN", "LOGIN"],
            challenges: Challenges = Challenges(),
            allowsAuthenticationInClear: Bool = true,
            requiresAuthentication: Bool = false,
            lists: [String: [String]] = [:],
            script: Script = [],
            onMessage: (@Sendable (ReceivedMessage) async -> String?)? = nil,
            segmentation: Segmentation = .natural,
            storesContent: Bool = true,
            storesWireContent: Bool = false,
            socketBufferSize: Int? = nil,
            limits: Limits = Limits(),
            eventLoopGroup: (any EventLoopGroup)? = nil
        ) {
            self.endpoint = endpoint
            self.flavour = flavour
            self.tls = tls
            self.requiresTLS = requiresTLS
            self.hostname = hostname
            self.greeting = greeting
            self.extensions = extensions ?? Self.standardExtensions(maximumMessageSize: maximumMessageSize)
            self.extensionsAfterTLS = extensionsAfterTLS
            self.maximumMessageSize = maximumMessageSize
            self.maximumRecipients = maximumRecipients
            self.users = users
            self.tokens = tokens
            self.mechanisms = mechanisms
            self.challenges = challenges
            self.allowsAuthenticationInClear = allowsAuthenticationInClear
            self.requiresAuthentication = requiresAuthentication
            self.lists = lists
            self.script = script
            self.onMessage = onMessage
            self.segmentation = segmentation
            self.storesContent = storesContent
            self.storesWireContent = storesWireContent
            self.socketBufferSize = socketBufferSize
            self.limits = limits
            self.eventLoopGroup = eventLoopGroup
        }

        /// The mechanisms that the server speaks by itself, the strong ones first.
        public static let allMechanisms = [
            "SCRAM-SHA-512-PLUS", "SCRAM-SHA-256-PLUS", "SCRAM-SHA-1-PLUS", "SCRAM-SHA-512", "SCRAM-SHA-256",
            "SCRAM-SHA-1", "EXTERNAL", "OAUTHBEARER", "XOAUTH2", "CRAM-MD5", "PLAIN", "LOGIN", "ANONYMOUS",
        ]

        /// The extensions that a server offers unless told otherwise: PIPELINING, SIZE, 8BITMIME, SMTPUTF8,
        /// DSN, CHUNKING, BINARYMIME, ENHANCEDSTATUSCODES.
        public static func standardExtensions(maximumMessageSize: Int = 52_428_800) -> [String] {
            [
                "PIPELINING", "SIZE \(maximumMessageSize)", "8BITMIME", "SMTPUTF8", "DSN", "CHUNKING",
                "BINARYMIME", "ENHANCEDSTATUSCODES",
            ]
        }
    }
}
