import NIOCore

/// The server's side of one connection: octets go in, outputs come out; it knows no socket and no clock.
///
/// What the server answers is computed apart from what an answer means. Every reply, composed or scripted,
/// takes effect in ``apply(_:text:to:)`` by its code alone, so a script cannot bring the state out of step
/// with what the client was told.
struct ServerStateMachine: ~Copyable {
    /// What the next octets of the input are.
    enum Phase {
        case command
        /// The beginning of a TLS handshake.
        case clientHello
        /// Nothing: TLS takes the octets for its handshake.
        case handshake
        /// A line that answers a 334 challenge.
        case authentication
        case data
        case chunk(Chunk)
        /// Octets are no longer looked at.
        case finished
    }

    let configuration: SMTPTestServer.Configuration
    let script: ScriptRunner
    let sessionIndex: Int

    /// The extensions that the client is, or will be, told.
    var offered: OfferedExtensions
    /// What TLS says; nil in clear.
    var security: Security?
    /// The name that the client asked for in SNI.
    var serverName: String?
    var phase = Phase.command
    var input = ByteBuffer()
    var framer: LineFramer
    /// What is being answered; the last one is carried out first.
    var runs: [Run] = []
    var outputs: [Output] = []
    /// Whether a gate has to open before anything goes on.
    var isHeld = false

    var hello: String?
    /// Whether the client said EHLO or LHLO, so that extensions are in force.
    var isExtended = false
    /// Whether the greeting was a refusal (RFC 5321 section 3.1).
    var isRefused = false
    var authentication: SMTPTestServer.Authentication?
    var exchange: AuthExchange?
    var transaction: Transaction?
    var decoder = DotDecoder()
    var content: ContentSink
    /// Whether octets of a content have been announced and not yet completed.
    var hasOpenContent = false
    var delivery: Delivery?
    var messageCount = 0

    init(configuration: SMTPTestServer.Configuration, script: ScriptRunner, sessionIndex: Int) {
        self.configuration = configuration
        self.offered = OfferedExtensions(configuration, isEncrypted: false)
        self.script = script
        self.sessionIndex = sessionIndex
        self.framer = LineFramer(limit: configuration.limits.commandLineOctets)
        self.content = Self.emptySink(configuration)
    }

    /// How many octets wait to be looked at.
    var pendingInputCount: Int { self.input.readableBytes }

    /// The number of octets of a content that was begun and not completed; nil when there is none.
    var unfinishedContentCount: Int? { self.hasOpenContent ? self.content.count : nil }

    /// Whether the octets that come next belong to TLS.
    var expectsTLS: Bool {
        switch self.phase {
        case .clientHello, .handshake: true
        default: false
        }
    }

    /// The connection is open.
    mutating func start() -> [Output] {
        if self.configuration.tls?.start == .connection {
            self.phase = .clientHello
        } else {
            self.begin(.connect)
        }
        return self.advance()
    }

    /// The TLS handshake is done.
    mutating func secure(_ security: Security) -> [Output] {
        guard case .handshake = self.phase else { return [] }
        let hadGreeting = self.configuration.tls?.start == .command
        self.forget()
        self.security = security
        self.offered = OfferedExtensions(self.configuration, isEncrypted: true)
        self.outputs.append(.note(.secured(security, serverName: self.serverName)))
        if !hadGreeting {
            self.begin(.connect)
        }
        // On top of the greeting, so that it comes first.
        self.begin(.secured)
        return self.advance()
    }

    /// Octets have arrived.
    mutating func receive(_ octets: ByteBuffer) -> [Output] {
        if case .finished = self.phase { return [] }
        if self.input.readableBytes == 0 {
            self.input = octets
        } else {
            var octets = octets
            self.input.discardReadBytes()
            self.input.writeBuffer(&octets)
        }
        return self.advance()
    }

    /// The gate of the last `hold` is open.
    mutating func resume() -> [Output] {
        self.isHeld = false
        return self.advance()
    }

    /// `Configuration.onMessage` has seen the message, and refused it with this text, or not.
    mutating func resume(refusal: String?) -> [Output] {
        self.isHeld = false
        // The connection may have ended meanwhile.
        if self.delivery != nil, case .endOfContent = self.runs.last?.subject {
            self.delivery?.refusal = refusal.map { Reply(scripted: $0) }
            self.runDefault(.endOfContent)
        }
        return self.advance()
    }

    /// The connection is gone.
    mutating func close() -> [Output] {
        self.finish()
        return self.takeOutputs()
    }

    /// Answers the subject next, before anything else is read.
    mutating func begin(_ subject: Subject) {
        let scripted = self.eventKind(of: subject).flatMap { kind in
            self.script.actions(for: kind, sessionIndex: self.sessionIndex)
        }
        self.runs.append(Run(subject, actions: scripted ?? [.default]))
    }

    private mutating func advance() -> [Output] {
        var canAdvance = !self.isHeld
        while canAdvance {
            if let subject = self.runs.last?.subject {
                self.step(subject)
                canAdvance = !self.isHeld
            } else {
                canAdvance = self.takeInput()
            }
        }
        return self.takeOutputs()
    }

    private mutating func takeOutputs() -> [Output] {
        let outputs = self.outputs
        self.outputs = []
        return outputs
    }

    /// Carries out the next action of the current run.
    private mutating func step(_ subject: Subject) {
        let top = self.runs.count - 1
        guard let action = self.runs[top].nextAction() else {
            self.complete(self.runs.removeLast())
            return
        }
        switch action.kind {
        case .write(let octets):
            self.writeScripted(octets, subject: subject)
        case .runDefault:
            guard !self.runs[top].ranDefault else { return }
            self.runs[top].ranDefault = true
            self.runDefault(subject)
        case .store:
            self.accept(subject)
        case .expectContent:
            if case .command(let line) = subject, line.verb == "DATA" {
                self.beginData()
            }
        case .writeInClear(let octets):
            self.outputs.append(.writeInClear(octets))
        case .close:
            self.finish()
            self.outputs.append(.close)
        case .truncate:
            self.finish()
            self.outputs.append(.truncate)
        case .reset:
            self.finish()
            self.outputs.append(.reset)
        case .stall:
            self.finish()
        case .hold(let gate):
            self.isHeld = true
            self.outputs.append(.hold(gate))
        case .stopReading(let gate):
            self.outputs.append(.stopReading(gate))
        }
    }

    private mutating func writeScripted(_ octets: [UInt8], subject: Subject) {
        let top = self.runs.count - 1
        if self.runs[top].decidesByReply {
            self.runs[top].octets += octets
            if let code = self.runs[top].scanner.scan(octets) {
                self.runs[top].code = code
                self.apply(code, text: replyText(self.runs[top].octets), to: subject)
            }
        }
        self.outputs.append(.write(octets))
    }

    private mutating func runDefault(_ subject: Subject) {
        if case .endOfContent = subject {
            if self.offerMessage() { return }
            if self.repliesPerRecipient {
                self.begin(.recipient(0))
                return
            }
        }
        guard let reply = self.defaultReply(to: subject) else { return }
        let octets = reply.octets(withStatus: self.offered.contains("ENHANCEDSTATUSCODES"))
        self.runs[self.runs.count - 1].code = reply.code
        self.apply(reply.code, text: replyText(octets), to: subject)
        self.outputs.append(.write(octets))
    }

    /// All actions of a run are done.
    private mutating func complete(_ run: Run) {
        self.noteSynchronization(after: run.subject)
        switch run.subject {
        case .clientHello:
            self.beginTLS(isRefused: !run.ranDefault)
        case .command(let line) where line.verb == "BDAT":
            guard var chunk = Chunk(argument: line.argument) else { return }
            if !run.ranDefault {
                chunk.answer = .given(isPositive: run.code.map(Self.isPositive) ?? false)
            }
            self.beginChunk(chunk)
        case .command(let line) where line.verb == "QUIT" && run.code.map(Self.isPositive) ?? false:
            self.finish()
            self.outputs.append(.close)
        case .recipient(let index):
            if run.code == nil {
                self.delivery?.replies.append("")
            }
            if index + 1 < self.delivery?.recipients.count ?? 0 {
                self.begin(.recipient(index + 1))
            }
        case .endOfContent:
            self.settle()
            self.delivery = nil
        default:
            break
        }
    }

    /// Takes one unit of the input; false when it holds no complete one.
    private mutating func takeInput() -> Bool {
        switch self.phase {
        case .clientHello:
            guard self.input.readableBytes > 0, !ClientHello.isIncomplete(self.input) else { return false }
            self.begin(.clientHello)
            return true
        case .command, .authentication:
            guard let frame = self.framer.next(from: &self.input) else { return false }
            self.take(frame)
            return true
        case .data:
            return self.takeData()
        case .chunk(let chunk):
            return self.takeChunk(chunk)
        case .handshake, .finished:
            return false
        }
    }

    private mutating func take(_ frame: LineFramer.Frame) {
        switch (frame, self.phase) {
        case (.line(let text), .authentication):
            self.outputs.append(.note(.line(text, verb: nil)))
            self.phase = .command
            self.exchange?.respond(text)
            self.begin(.authResponse(text))
        case (.line(let text), _):
            let line = CommandLine(text)
            self.outputs.append(.note(.line(text, verb: line.verb)))
            if line.verb == "AUTH" {
                self.exchange = AuthExchange(argument: line.argument, context: self.authenticationContext)
            }
            self.begin(.command(line))
        case (.malformed(let text), _):
            self.outputs.append(.note(.line(text, verb: nil)))
            self.phase = .command
            self.begin(.malformed(Reply(500, "5.5.2", "Syntax error: control character or bare LF")))
        case (.tooLong, _):
            self.phase = .command
            self.begin(.malformed(Reply(500, "5.5.2", "Line too long")))
        }
    }

    /// Ends the dialogue: nothing is answered any more.
    private mutating func finish() {
        self.settle()
        self.delivery = nil
        self.runs = []
        self.phase = .finished
        self.input = ByteBuffer()
    }

    /// Notes that octets had come before the reply to this subject was sent, where RFC 2920 section 3.1
    /// forbids it.
    private mutating func noteSynchronization(after subject: Subject) {
        // Behind a STARTTLS that was accepted there may be TLS.
        guard self.input.readableBytes > 0, !self.expectsTLS else { return }
        let isPipelining = self.isExtended && self.offered.contains("PIPELINING")
        switch subject {
        case .connect:
            self.outputs.append(.note(.synchronizationError("CONNECT")))
        case .authResponse:
            self.outputs.append(.note(.synchronizationError("AUTH")))
        case .command(let line) where line.verb != "BDAT":
            guard !isPipelining || Self.groupEnders.contains(line.verb) else { return }
            self.outputs.append(.note(.synchronizationError(line.verb)))
        case .chunk where !isPipelining, .endOfContent where !isPipelining:
            self.outputs.append(.note(.synchronizationError("CONTENT")))
        case .clientHello, .secured, .command, .malformed, .contentOctets, .chunk, .endOfContent, .recipient:
            break
        }
    }

    /// Commands that must be the last ones of a pipelined group (RFC 2920 section 3.1, RFC 4954 section 4).
    private static let groupEnders: Set<String> = [
        "EHLO", "HELO", "LHLO", "DATA", "VRFY", "EXPN", "QUIT", "NOOP", "AUTH", "STARTTLS",
    ]

    static func isPositive(_ code: Int) -> Bool {
        (200..<300).contains(code)
    }
}
