internal import DequeModule
internal import NIOOpenSSL
internal import SMTPCore

/// Sessions of one client: how many there are, which are free, and who waits for one, first come, first
/// served.
actor SessionPool {
    private enum Grant: Sendable {
        /// A session that was in use before.
        case session(SMTPSession)
        /// Leave to open another.
        case open
        case cancelled
        case shutDown
    }

    private let server: SMTPServer
    private let configuration: SMTPConfiguration
    private let maximum: Int
    private var idle: [SMTPSession] = []
    /// Sessions that are open, being opened or promised.
    private var count = 0
    private var waiting = Deque<(id: UInt64, continuation: CheckedContinuation<Grant, Never>)>()
    private var lastID: UInt64 = 0
    private var isShutDown = false
    private var drained: [CheckedContinuation<Void, Never>] = []
    private var distrustsPipelining = false
    /// Built when the first session needs it, and shared by all.
    private var tlsContext: TLSContext?

    init(server: SMTPServer, configuration: SMTPConfiguration, maximum: Int) {
        self.server = server
        self.configuration = configuration
        self.maximum = max(1, maximum)
    }

    /// A session ready to send, and whether it was used before.
    ///
    /// ``giveBack(_:)`` must follow.
    ///
    /// - Parameter isFresh: Whether only a newly opened one will do.
    func take(fresh isFresh: Bool) async throws(SMTPError) -> (session: SMTPSession, isReused: Bool) {
        while true {
            switch await self.grant() {
            case .session(let session):
                if await session.isReusable, !isFresh { return (session, true) }
                await session.quit()
                // The place of the session that went is taken by the one that is opened.
                return (try await self.open(), false)
            case .open: return (try await self.open(), false)
            case .cancelled: throw SMTPError(ConnectionFailure.cancelled, stage: .connect)
            case .shutDown: throw SMTPError(.closed, "the client was shut down", stage: .connect)
            }
        }
    }

    /// Takes a session back; one that cannot be used again is closed.
    func giveBack(_ session: SMTPSession) async {
        if await session.distrustsPipelining { self.distrustsPipelining = true }
        let isReusable = await session.isReusable
        guard isReusable, !self.isShutDown else {
            await session.quit()
            self.release()
            return
        }
        if let next = self.waiting.popFirst() {
            next.continuation.resume(returning: .session(session))
        } else {
            self.idle.append(session)
        }
    }

    /// Refuses whoever waits, closes what is idle, and returns when the last session has come back and is
    /// closed.
    func shutDown() async {
        self.isShutDown = true
        while let next = self.waiting.popFirst() { next.continuation.resume(returning: .shutDown) }
        let sessions = self.idle
        self.idle = []
        for session in sessions {
            await session.quit()
            self.release()
        }
        if self.count > 0 { await withCheckedContinuation { self.drained.append($0) } }
    }

    private func grant() async -> Grant {
        if self.isShutDown { return .shutDown }
        if Task.isCancelled { return .cancelled }
        if let session = self.idle.popLast() { return .session(session) }
        if self.count < self.maximum {
            self.count += 1
            return .open
        }
        self.lastID += 1
        let id = self.lastID
        return await withTaskCancellationHandler {
            await withCheckedContinuation { self.waiting.append((id, $0)) }
        } onCancel: {
            Task { await self.cancel(id) }
        }
    }

    private func cancel(_ id: UInt64) {
        guard let index = self.waiting.firstIndex(where: { $0.id == id }) else { return }
        self.waiting.remove(at: index).continuation.resume(returning: .cancelled)
    }

    private func open() async throws(SMTPError) -> SMTPSession {
        do throws(SMTPError) {
            if self.tlsContext == nil, self.server.tls != .plaintext {
                self.tlsContext = try TLSSetup.context(of: self.configuration)
            }
            let session = try await SMTPSession.connect(
                to: self.server,
                configuration: self.configuration,
                tlsContext: self.tlsContext
            )
            do throws(SMTPError) {
                if self.distrustsPipelining { await session.distrustPipelining() }
                try await session.prepare()
                return session
            } catch {
                await session.quit()
                throw error
            }
        } catch {
            self.release()
            throw error
        }
    }

    /// One session less; whoever waits longest may open another.
    private func release() {
        self.count -= 1
        if let next = self.waiting.popFirst() {
            self.count += 1
            next.continuation.resume(returning: .open)
        } else if self.isShutDown, self.count == 0 {
            for continuation in self.drained { continuation.resume() }
            self.drained = []
        }
    }
}
