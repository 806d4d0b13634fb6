internal import AsyncSMTP

/// Sessions that commands lead by hand.
enum SessionRun {
    /// Connects, says hello, logs in where the options say so, runs `body` and says goodbye.
    static func run<Result: Sendable>(
        _ options: ServerOptions,
        _ body: @Sendable (SMTPSession) async throws -> Result
    ) async throws -> Result {
        let (server, configuration) = try options.connection()
        return try await SMTPSession.withSession(to: server, configuration: configuration) { session in
            try await body(session)
        }
    }
}
