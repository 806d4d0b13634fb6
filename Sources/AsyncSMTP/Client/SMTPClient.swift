internal import SMTPCore

/// Sends messages through one server, over as many connections as are needed and allowed.
///
/// One client serves a whole program: it is safe to use from any task, connects when the first message is
/// sent, and keeps connections for the next.
///
/// ```swift
/// let client = SMTPClient(try SMTPServer(host: "relay.example.org"))
/// let receipt = try await client.send(RawMessage(.text(text)))
/// await client.shutdown()
/// ```
public final class SMTPClient: Sendable {
    /// The server.
    public let server: SMTPServer
    /// How its sessions behave.
    public let configuration: SMTPConfiguration
    private let pool: SessionPool

    /// Makes a client; nothing is connected yet.
    ///
    /// - Parameters:
    ///   - server: Where messages go.
    ///   - configuration: How sessions behave.
    ///   - maximumConnections: Most connections at a time, at least 1. Sends beyond that wait in order.
    public init(
        _ server: SMTPServer,
        configuration: SMTPConfiguration = SMTPConfiguration(),
        maximumConnections: Int = 4
    ) {
        self.server = server
        self.configuration = configuration
        self.pool = SessionPool(server: server, configuration: configuration, maximum: maximumConnections)
    }

    /// Runs `body` with a client that is shut down afterwards, whatever happens.
    ///
    /// - Throws: What `body` throws.
    public static func withClient<Result>(
        _ server: SMTPServer,
        configuration: SMTPConfiguration = SMTPConfiguration(),
        maximumConnections: Int = 4,
        _ body: (SMTPClient) async throws -> Result
    ) async throws -> Result {
        let client = SMTPClient(server, configuration: configuration, maximumConnections: maximumConnections)
        do {
            let result = try await body(client)
            await client.shutdown()
            return result
        } catch {
            await client.shutdown()
            throw error
        }
    }

    /// Sends one message over a connection of its own, and closes it.
    ///
    /// - Throws: ``SMTPError`` as ``send(_:options:)`` does.
    @discardableResult
    public static func send(
        _ message: RawMessage,
        through server: SMTPServer,
        configuration: SMTPConfiguration = SMTPConfiguration()
    ) async throws(SMTPError) -> SendReceipt {
        let client = SMTPClient(server, configuration: configuration, maximumConnections: 1)
        do throws(SMTPError) {
            let receipt = try await client.send(message)
            await client.shutdown()
            return receipt
        } catch {
            await client.shutdown()
            throw error
        }
    }

    /// Sends a message.
    ///
    /// The message is looked at first; one that cannot be sent never opens a connection. A connection that
    /// turns out to have been closed while it was idle is replaced once, silently, because nothing can have
    /// been accepted over it. Nothing else is ever sent again by itself. Recipients a server will not take
    /// over one connection (RFC 9422, MAILMAX) go over another, with one receipt for all.
    ///
    /// - Parameters:
    ///   - message: Header and body, and an envelope if it is not to be taken from the header.
    ///   - options: How to send; nil takes those of the configuration.
    /// - Returns: What the server said about each recipient; some may have been refused.
    /// - Throws: ``SMTPError`` when nobody accepted the message, or when that is not known;
    ///   ``SMTPError/acceptance`` tells which.
    @discardableResult
    public func send(_ message: RawMessage, options: SendOptions? = nil) async throws(SMTPError)
        -> SendReceipt
    {
        let options = options ?? self.configuration.sending
        let prepared = try await PreparedMessage(
            message,
            options: options,
            dropping: PreparedMessage.hiddenFields
        )
        var delivering = Delivering(prepared, options: options)
        var isReplacement = false
        while delivering.isUnfinished {
            let session: SMTPSession
            let isReused: Bool
            do throws(SMTPError) {
                (session, isReused) = try await self.pool.take(fresh: isReplacement)
            } catch {
                try delivering.end(with: error)
                break
            }
            let before = delivering
            do throws(SMTPError) {
                try await session.advance(&delivering)
                await self.pool.giveBack(session)
            } catch {
                await self.pool.giveBack(session)
                guard isReused, !isReplacement, prepared.content.isRereadable, error.meansStaleConnection
                else {
                    try delivering.end(with: error)
                    break
                }
                delivering = before
                isReplacement = true
            }
        }
        return try delivering.receipt()
    }

    /// Waits for messages under way, ends every session by QUIT, and refuses what comes later.
    public func shutdown() async {
        await self.pool.shutDown()
    }
}

extension SMTPError {
    /// Whether the first command over an idle connection found it closed, or about to be (421, or 451 4.4.2
    /// of some).
    fileprivate var meansStaleConnection: Bool {
        // Once anybody was accepted, by an earlier transaction of the same message, nothing may go out twice.
        guard self.stage == .mail || self.stage == .reset,
            self.acceptance == .notAccepted || self.acceptance == .refusedTemporarily
        else { return false }
        switch self.code {
        case .disconnected, .serverClosing, .commandRefused: return true
        case .senderRefused: return self.reply?.enhancedStatus == EnhancedStatusCode(4, 4, 2)
        default: return false
        }
    }
}
