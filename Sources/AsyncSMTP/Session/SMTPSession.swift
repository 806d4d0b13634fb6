internal import NIOCore
public import NIOOpenSSL
public import SMTPCore

/// One connection to a server and everything that can be said over it.
///
/// The actor runs on the event loop of its connection, so that parser and actor share one thread. A command
/// and its reply, or a whole transaction, is one exchange: exchanges wait for each other in the order they
/// were begun, because an actor alone does not keep two of them apart. A task that is cancelled, or a step
/// that takes too long, inside an exchange ends the connection; waiting for one's turn can be cancelled
/// without harm.
///
/// ```swift
/// let server = try SMTPServer(host: "relay.example.org")
/// try await SMTPSession.withSession(to: server) { session in
///     let reply = try await session.verify("postmaster")
///     print(reply)
/// }
/// ```
public actor SMTPSession {
    /// The server.
    public nonisolated let server: SMTPServer
    /// How the session behaves.
    public nonisolated let configuration: SMTPConfiguration
    nonisolated let channel: any Channel
    private nonisolated let executor: any SerialExecutor
    let handler: NIOLoopBound<SMTPChannelHandler>
    let replies: Replies

    /// The event loop of the connection.
    public nonisolated var unownedExecutor: UnownedSerialExecutor {
        // The actor keeps the executor alive; the protocol offers no safe form of this reference.
        unsafe self.executor.asUnownedSerialExecutor()
    }

    /// The server's greeting; nil until it was read.
    public internal(set) var greeting: Reply?
    /// Reply to the last EHLO or LHLO; smtplib's `ehlo_resp`.
    public internal(set) var ehloReply: Reply?
    /// Reply to the last HELO; smtplib's `helo_resp`.
    public internal(set) var heloReply: Reply?
    /// What the server offered in its last reply to EHLO or LHLO; smtplib's `esmtp_features`.
    public internal(set) var extensions = ServerExtensions.none {
        didSet { self.latestParameters = nil }
    }
    /// What TLS agreed on: version, cipher, certificates of the server, whether it was verified; nil in clear.
    public internal(set) var tls: TLSSession?
    /// Whether AUTH succeeded.
    public internal(set) var isAuthenticated = false

    /// Parameters of MAIL for the latest message whose parameters take care of themselves, and what they depend
    /// on: many messages have the same.
    var latestParameters: (survey: ContentSurvey, parameters: [ESMTPParameter])?
    /// Context for STARTTLS; nil builds one when it is needed.
    nonisolated let tlsContext: TLSContext?
    /// Whether the server refused STARTTLS where it is not required.
    var gaveUpTLS = false
    var recorder: TranscriptRecorder
    var turn = ExchangeTurn()
    /// Latest time for any reply of the exchange that has the turn.
    var exchangeDeadline = NIODeadline.distantFuture
    /// Whether the server may have a transaction open that has failed; RSET goes ahead of the next then.
    var needsReset = false
    /// Whether the caller began a transaction by single commands.
    var hasManualTransaction = false
    /// Whether the manual transaction declared SMTPUTF8.
    var manualTransactionAllowsUTF8 = false
    /// Recipients accepted in the manual transaction.
    var manualRecipients: [ForwardPath] = []
    /// Whether replies showed that the server does not keep up with grouped commands.
    public internal(set) var distrustsPipelining = false
    /// What the session carries for a client, where it belongs to one.
    var pipeline: Pipeline?
    /// Transactions begun so far; a server's MAILMAX limits them (RFC 9422).
    var transactionCount = 0

    init(
        _ connection: Connector.Connection,
        server: SMTPServer,
        configuration: SMTPConfiguration,
        tlsContext: TLSContext? = nil
    ) {
        self.server = server
        self.configuration = configuration
        self.tlsContext = tlsContext
        self.channel = connection.channel
        self.executor = connection.channel.eventLoop.executor
        self.handler = connection.handler
        self.replies = Replies(ReplyLines(connection.handler), limits: configuration.replyLimits)
        self.recorder = TranscriptRecorder(configuration.transcript, start: connection.channel.eventLoop.now)
    }

    deinit {
        self.channel.close(promise: nil)
    }

    // MARK: Beginning and ending

    /// Connects and reads the greeting; smtplib's `SMTP(host, port)`, `SMTP_SSL(host, port)` and `connect`.
    ///
    /// With ``TLSMode/implicit`` the connection is encrypted and the server verified when this returns. EHLO
    /// is not sent yet: ``hello()`` does that, and STARTTLS where the mode asks for it, and whatever needs it
    /// calls it.
    ///
    /// - Parameters:
    ///   - server: Where to connect, and which protocol to speak.
    ///   - configuration: Time limits, names, and everything else.
    /// - Throws: ``SMTPError``: `hostUnknown`, `cannotConnect`, `tlsFailed`, `certificateRejected`,
    ///   `timedOut`, `greetingRefused`, or what can happen to any connection. Nothing stays open then.
    public static func connect(
        to server: SMTPServer,
        configuration: SMTPConfiguration = SMTPConfiguration()
    ) async throws(SMTPError) -> SMTPSession {
        try await Self.connect(to: server, configuration: configuration, tlsContext: nil)
    }

    /// Connects with a context that several sessions share; nil builds one.
    static func connect(
        to server: SMTPServer,
        configuration: SMTPConfiguration,
        tlsContext: TLSContext?
    ) async throws(SMTPError) -> SMTPSession {
        let connector = Connector(server: server, configuration: configuration, context: tlsContext)
        let connection = try await connector.connect()
        let session = SMTPSession(
            connection,
            server: server,
            configuration: configuration,
            tlsContext: tlsContext
        )
        try await session.open(connection.tls)
        return session
    }

    /// Runs `body` with a session that is ended whatever happens; smtplib's `with SMTP(…)`.
    ///
    /// The session has said hello, and logged in if the configuration has credentials. It is ended by QUIT
    /// where that is possible.
    ///
    /// - Throws: What connecting, the hello or the login throws as ``SMTPError``, and whatever `body` throws.
    public static func withSession<Result>(
        to server: SMTPServer,
        configuration: SMTPConfiguration = SMTPConfiguration(),
        _ body: (SMTPSession) async throws -> Result
    ) async throws -> Result {
        let session = try await SMTPSession.connect(to: server, configuration: configuration)
        do {
            try await session.prepare()
            let result = try await body(session)
            await session.quit()
            return result
        } catch {
            await session.quit()
            throw error
        }
    }

    /// Says hello, encrypts the connection and logs in as configured, unless that was done.
    func prepare() async throws(SMTPError) {
        try await self.hello()
        if let credentials = self.configuration.credentials, !self.isAuthenticated {
            try await self.logIn(credentials)
        }
    }

    private func open(_ tls: NIOLoopBound<TLSHandler>?) async throws(SMTPError) {
        self.recorder.record(.event, "connected to \(self.server)", at: self.channel.eventLoop.now)
        if let tls { try await self.finishHandshake(of: tls.value) }
        try await self.readGreeting()
    }

    private func readGreeting() async throws(SMTPError) {
        let reply = try await self.readReply(.greeting, timeout: self.configuration.timeouts.greeting)
        self.greeting = reply
        guard reply.code == .ready else {
            // A greeting promises nothing, whatever it says.
            if reply.code == .startMailInput { self.handler.value.forgetPromise() }
            if reply.announcesClosing { self.abandon(.serverClosing(reply)) } else { await self.quit() }
            throw SMTPError(
                .greetingRefused,
                "the server does not want this connection",
                stage: .greeting,
                reply: reply
            )
        }
    }

    /// Sends QUIT, waits a moment for the reply, and closes the connection; smtplib's `quit`.
    ///
    /// Never fails: whatever happens after the last message cannot harm it. Calling it again does nothing.
    ///
    /// - Returns: The server's reply, if it came.
    @discardableResult
    public func quit() async -> Reply? {
        var reply: Reply?
        if self.isOpen {
            // Shielded from cancellation: a server deserves its QUIT, and the time for it is short.
            reply = await Task(executorPreference: LoopTaskExecutor(self.channel.eventLoop)) {
                await self.exchangeQuit()
            }.value
        }
        await self.close()
        return reply
    }

    private func exchangeQuit() async -> Reply? {
        let timeout = self.configuration.timeouts.quit
        do throws(SMTPError) {
            try await self.takeTurn(stage: .quit, deadline: self.channel.eventLoop.now.advanced(by: timeout))
            defer { self.releaseTurn() }
            return try await self.exchangeInTurn(.quit, stage: .quit, timeout: timeout)
        } catch {
            return nil
        }
    }

    /// Closes the connection at once, without QUIT; smtplib's `close`.
    ///
    /// Calling it again does nothing.
    public func close() async {
        if self.isOpen { self.recorder.record(.event, "closed", at: self.channel.eventLoop.now) }
        self.handler.value.close()
        // The channel may be closed already; all that matters is that it is.
        try? await self.channel.closeFuture.get()
    }

    /// Whether the connection is open, as far as is known.
    public var isOpen: Bool { self.handler.value.isOpen }

    /// Whether a message can be sent: the connection is open and idle, and the server allows another
    /// transaction.
    var isReusable: Bool {
        self.handler.value.isIdle && !self.hasManualTransaction && self.allowsTransaction
    }

    /// Whether the server takes another transaction on this connection (RFC 9422).
    var allowsTransaction: Bool {
        self.transactionCount < self.extensions.limits.transactions ?? .max
    }

    /// Groups no commands from now on; another session with the same server found that it does not keep up.
    func distrustPipelining() {
        self.distrustsPipelining = true
    }

    func abandon(_ failure: ConnectionFailure) {
        self.handler.value.abandon(failure)
    }

    /// Changes who gets the dialogue from now on; smtplib's `set_debuglevel`.
    public func setTranscript(_ transcript: Transcript?) {
        self.recorder.replace(with: transcript)
    }
}
