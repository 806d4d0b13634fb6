import NIOCore

@testable import SMTPTestServer

/// A state machine without a socket, and all it said.
final class Dialogue {
    private var machine: ServerStateMachine
    private(set) var sent: [UInt8] = []
    private(set) var messages: [SMTPTestServer.ReceivedMessage] = []
    private(set) var lines: [String] = []
    private(set) var verbs: [String] = []
    private(set) var synchronizationErrors: [String] = []
    private(set) var contentStarts = 0
    private(set) var authentication: SMTPTestServer.Authentication?
    private(set) var injected: [UInt8] = []
    /// The octets that were handed over to TLS; nil as long as it was not begun.
    private(set) var hello: [UInt8]?
    private(set) var inClear: [UInt8] = []
    private(set) var serverName: String?
    private(set) var isTruncated = false
    var user: String? { self.authentication?.user }
    private(set) var isClosed = false
    /// The messages that `Configuration.onMessage` was to be asked about.
    private(set) var offered: [SMTPTestServer.ReceivedMessage] = []
    private(set) var isReset = false
    private(set) var stoppedReading = 0
    /// The gate that the machine waits at.
    private(set) var gate: SMTPTestServer.Gate?
    /// How many messages were stored when each reply was written.
    private(set) var messageCounts: [Int] = []

    init(
        _ configuration: SMTPTestServer.Configuration = .init(),
        script: SMTPTestServer.Script? = nil,
        runner: ScriptRunner? = nil,
        sessionIndex: Int = 0
    ) {
        self.machine = ServerStateMachine(
            configuration: configuration,
            script: runner ?? ScriptRunner(script ?? configuration.script),
            sessionIndex: sessionIndex
        )
        self.perform(self.machine.start())
    }

    var text: String { String(decoding: self.sent, as: UTF8.self) }

    /// The code of each reply, multi-line ones once.
    var codes: [Int] {
        self.text.split(separator: "\r\n").filter { $0.dropFirst(3).first != "-" }.compactMap {
            Int($0.prefix(3))
        }
    }

    var unfinishedContentCount: Int? { self.machine.unfinishedContentCount }

    @discardableResult
    func send(_ text: String) -> [Int] {
        self.send(Array(text.utf8))
    }

    /// Brings octets; gives the codes of the replies to them.
    @discardableResult
    func send(_ octets: [UInt8]) -> [Int] {
        let before = self.codes.count
        self.perform(self.machine.receive(ByteBuffer(bytes: octets)))
        return Array(self.codes.dropFirst(before))
    }

    @discardableResult
    func open() -> [Int] {
        let before = self.codes.count
        self.gate = nil
        self.perform(self.machine.resume())
        return Array(self.codes.dropFirst(before))
    }

    /// Says that the TLS handshake is done; gives the codes of the replies to that.
    @discardableResult
    func secure(_ security: Security = Dialogue.security()) -> [Int] {
        let before = self.codes.count
        self.perform(self.machine.secure(security))
        return Array(self.codes.dropFirst(before))
    }

    static func security(
        client: String? = nil,
        bindings: [String: [UInt8]] = [:]
    ) -> Security {
        Security(
            version: .tls13,
            cipher: "TLS_AES_128_GCM_SHA256",
            clientSubject: client.map { "CN=\($0)" },
            clientName: client,
            bindings: bindings
        )
    }

    /// The last line that was written, without its line end.
    var lastLine: String { self.text.split(separator: "\r\n").last.map { String($0) } ?? "" }

    func disconnect() {
        self.perform(self.machine.close())
    }

    private func perform(_ outputs: [Output]) {
        for output in outputs {
            switch output {
            case .write(let octets):
                self.sent += octets
                self.messageCounts.append(self.messages.count)
            case .note(.line(let text, let verb)):
                self.lines.append(text)
                if let verb { self.verbs.append(verb) }
            case .note(.contentStarted): self.contentStarts += 1
            case .note(.message(let message)): self.messages.append(message)
            case .note(.hello): break
            case .note(.authenticated(let authentication)): self.authentication = authentication
            case .note(.injected(let octets)): self.injected += octets.readableBytesView
            case .note(.received), .note(.failedTLS): break
            case .note(.secured(_, let serverName)):
                self.serverName = serverName
                self.authentication = nil
            case .note(.synchronizationError(let command)): self.synchronizationErrors.append(command)
            case .hold(let gate): self.gate = gate
            case .offer(let message): self.offered.append(message)
            case .stopReading: self.stoppedReading += 1
            case .startTLS(let octets): self.hello = Array(octets.readableBytesView)
            case .writeInClear(let octets): self.inClear += octets
            case .truncate: self.isTruncated = true
            case .close: self.isClosed = true
            case .reset: self.isReset = true
            }
        }
    }
}
