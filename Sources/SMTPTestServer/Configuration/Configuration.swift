public import NIOCore

extension SMTPTestServer {
    /// What a server is and does.
    public struct Configuration: Sendable {
        /// Where it listens.
        public var endpoint: Endpoint

        /// SMTP or LMTP.
        public var flavour: Flavour

        /// The name that it gives in the greeting and in the reply to EHLO.
        public var hostname: String

        /// The text of the greeting behind `220 `; nil for hostname and protocol.
        public var greeting: String?

        /// The lines of the reply to EHLO behind the first one, as text: keyword and parameters, or any junk.
        ///
        /// A parameter of MAIL or RCPT is understood when its extension is listed. An `AUTH` line is added
        /// when there are ``users`` and none is listed.
        public var extensions: [String]

        /// The greatest size of a message in octets; longer ones get 552.
        ///
        /// A change behind `init` leaves the SIZE line of ``extensions`` as it is.
        public var maximumMessageSize: Int

        /// The greatest number of recipients of a message; more get 452 4.5.3 (RFC 5321 section 4.5.3.1.10).
        public var maximumRecipients: Int

        /// User names and their passwords, for AUTH PLAIN and LOGIN.
        public var users: [String: String]

        /// Whether MAIL gets 530 before a successful AUTH (RFC 4954 section 6).
        public var requiresAuthentication: Bool

        /// Mailing lists and their members, for EXPN; with none EXPN gets 502.
        public var lists: [String: [String]]

        /// What the server does other than by default.
        public var script: Script

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
            hostname: String = "mx.test.example",
            greeting: String? = nil,
            extensions: [String]? = nil,
            maximumMessageSize: Int = 52_428_800,
            maximumRecipients: Int = 1_000,
            users: [String: String] = [:],
            requiresAuthentication: Bool = false,
            lists: [String: [String]] = [:],
            script: Script = [],
            segmentation: Segmentation = .natural,
            storesContent: Bool = true,
            storesWireContent: Bool = false,
            socketBufferSize: Int? = nil,
            limits: Limits = Limits(),
            eventLoopGroup: (any EventLoopGroup)? = nil
        ) {
            self.endpoint = endpoint
            self.flavour = flavour
            self.hostname = hostname
            self.greeting = greeting
            self.extensions = extensions ?? Self.standardExtensions(maximumMessageSize: maximumMessageSize)
            self.maximumMessageSize = maximumMessageSize
            self.maximumRecipients = maximumRecipients
            self.users = users
            self.requiresAuthentication = requiresAuthentication
            self.lists = lists
            self.script = script
            self.segmentation = segmentation
            self.storesContent = storesContent
            self.storesWireContent = storesWireContent
            self.socketBufferSize = socketBufferSize
            self.limits = limits
            self.eventLoopGroup = eventLoopGroup
        }

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
