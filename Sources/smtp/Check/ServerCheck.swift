internal import AsyncSMTP

/// What was found out about a server, up to the first failure.
struct ServerCheck: Sendable {
    var server: SMTPServer?
    var greeting: Reply?
    /// Whether the server answered EHLO or LHLO; nil before a hello.
    var speaksESMTP: Bool?
    var extensions = ServerExtensions.none
    var tls: TLSSession?
    var isAuthenticated = false
    var mechanisms: [MechanismVerdict] = []
    var pipelining: PipeliningChoice?
    var sendsInChunks = false
    /// What ended it early.
    var failure: (any Error)?

    /// Connects, says hello, begins TLS and logs in as the options say; never fails itself.
    static func run(_ options: ServerOptions) async -> ServerCheck {
        var check = ServerCheck()
        do {
            let (server, configuration) = try options.connection()
            check.server = server
            try await check.look(at: server, configuration)
        } catch {
            check.failure = error
        }
        return check
    }

    private mutating func look(
        at server: SMTPServer,
        _ configuration: SMTPConfiguration
    ) async throws(SMTPError) {
        let session: SMTPSession
        do throws(SMTPError) {
            session = try await SMTPSession.connect(to: server, configuration: configuration)
        } catch {
            if error.stage == .greeting { self.greeting = error.reply }
            throw error
        }
        self.greeting = await session.greeting
        do throws(SMTPError) {
            try await session.hello()
            await self.take(session)
            if let credentials = configuration.credentials { try await session.logIn(credentials) }
            self.isAuthenticated = await session.isAuthenticated
        } catch {
            await self.take(session)
            await session.quit()
            throw error
        }
        await session.quit()
    }

    private mutating func take(_ session: SMTPSession) async {
        self.tls = await session.tls
        self.extensions = await session.extensions
        // A hello that was refused left nothing to choose from.
        let (answeredEHLO, answeredHELO) = (
            await session.speaksESMTP, await session.heloReply?.code.isPositive
        )
        guard answeredEHLO || answeredHELO == true else { return }
        self.speaksESMTP = answeredEHLO
        self.mechanisms = await session.mechanismVerdicts(for: session.configuration.credentials)
        self.pipelining = await session.pipeliningChoice
        self.sendsInChunks = await session.sendsInChunks
    }
}
