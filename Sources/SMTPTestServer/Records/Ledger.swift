import NIOCore

/// All that one server has received: written by its connections, read and awaited by tests.
final class Ledger: Sendable {
    struct State: Sendable {
        var messages: [SMTPTestServer.ReceivedMessage] = []
        var messageCount = 0
        var sessions: [SMTPTestServer.SessionRecord] = []
        var sessionCount = 0
        var closedSessionCount = 0
        var commandCounts = EventCounter()
    }

    private let limits: SMTPTestServer.Limits
    private let state = Observed(State())

    init(limits: SMTPTestServer.Limits) {
        self.limits = limits
    }

    func read<Value>(_ body: (State) -> Value) -> Value {
        self.state.read(body)
    }

    func wait(until condition: @escaping @Sendable (State) -> Bool) async throws(SMTPTestServerError) {
        try await self.state.wait(until: condition)
    }

    /// Ends all waiting.
    func close() {
        self.state.close()
    }

    /// The number of a new connection.
    func openSession() -> Int {
        self.state.update { state in
            let index = state.sessionCount
            state.sessionCount += 1
            state.commandCounts.count("CONNECT")
            if index < self.limits.recordedSessions {
                state.sessions.append(SMTPTestServer.SessionRecord(index: index))
            }
            return index
        }
    }

    func received(_ octets: ByteBuffer, session index: Int) {
        self.updateSession(index) { record in
            record.receivedCount += octets.readableBytes
            let room = max(0, self.limits.recordedOctetsPerSession - record.receivedOctets.count)
            record.receivedOctets += octets.readableBytesView.prefix(room)
        }
    }

    func sent(_ octets: [UInt8], session index: Int) {
        self.updateSession(index) { record in
            record.sentCount += octets.count
            let room = max(0, self.limits.recordedOctetsPerSession - record.sentOctets.count)
            record.sentOctets += octets.prefix(room)
            self.append(.server(replyText(octets)), to: &record)
        }
    }

    func note(_ fact: SessionFact, session index: Int) {
        switch fact {
        case .line(let text, let verb):
            self.state.update { state in
                if let verb {
                    state.commandCounts.count(verb)
                }
                if index < state.sessions.count {
                    self.append(.client(text), to: &state.sessions[index])
                }
            }
        case .contentStarted:
            self.state.update { _ = $0.commandCounts.count("CONTENT") }
        case .message(let message):
            self.state.update { state in
                state.messageCount += 1
                if state.messages.count < self.limits.recordedMessages {
                    state.messages.append(message)
                }
            }
        case .hello(let name):
            self.updateSession(index) { $0.hello = name }
        case .authenticated(let authentication):
            self.updateSession(index) { $0.authentication = authentication }
        case .injected(let octets):
            self.updateSession(index) { record in
                let room = max(0, self.limits.recordedOctetsPerSession - record.injectedOctets.count)
                record.injectedOctets += octets.readableBytesView.prefix(room)
            }
        case .received(let octets):
            self.received(octets, session: index)
        case .secured(let security, let serverName):
            self.updateSession(index) { record in
                record.tls = SMTPTestServer.TLSSummary(
                    security,
                    serverName: serverName,
                    firstLine: record.dialogue.count
                )
                record.hello = nil
                record.authentication = nil
            }
        case .failedTLS(let reason):
            self.updateSession(index) { $0.tlsFailure = $0.tlsFailure ?? reason }
        case .synchronizationError(let command):
            self.updateSession(index) { record in
                if record.synchronizationErrors.count < self.limits.recordedLinesPerSession {
                    record.synchronizationErrors.append(command)
                }
            }
        }
    }

    func closeSession(_ index: Int, end: SMTPTestServer.SessionEnd, unfinishedContentCount: Int?) {
        self.state.update { state in
            state.closedSessionCount += 1
            guard index < state.sessions.count else { return }
            state.sessions[index].end = end
            state.sessions[index].unfinishedContentCount = unfinishedContentCount
        }
    }

    private func updateSession(_ index: Int, _ body: (inout SMTPTestServer.SessionRecord) -> Void) {
        self.state.update { state in
            guard index < state.sessions.count else { return }
            body(&state.sessions[index])
        }
    }

    private func append(_ line: SMTPTestServer.DialogueLine, to record: inout SMTPTestServer.SessionRecord) {
        if record.dialogue.count < self.limits.recordedLinesPerSession {
            record.dialogue.append(line)
        }
    }
}
