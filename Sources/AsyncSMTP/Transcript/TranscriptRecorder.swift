internal import NIOCore
internal import SMTPCore

/// Writes the transcript of one connection; knows from the session, and from the dialogue, when secrets are
/// on the wire.
struct TranscriptRecorder: Sendable {
    private var transcript: Transcript?
    private let start: NIODeadline
    private var remaining: Int
    /// Whether both sides exchange secrets now.
    var isRedacting = false
    /// Octets no reply is shown with: some servers repeat the password they refuse.
    var secrets: [[UInt8]] = []
    /// Whether the dialogue itself tells that an AUTH exchange runs: a caller may lead one by single
    /// commands.
    private var isAuthenticating = false

    init(_ transcript: Transcript?, start: NIODeadline) {
        self.transcript = transcript
        self.start = start
        self.remaining = transcript?.limit ?? 0
    }

    /// Whether anybody listens; what is only built to be recorded need not be built otherwise.
    var isActive: Bool { self.transcript != nil }

    /// Changes who listens from now on.
    mutating func replace(with transcript: Transcript?) {
        self.transcript = transcript
        self.remaining = transcript?.limit ?? 0
    }

    mutating func record(
        _ speaker: TranscriptEntry.Speaker,
        _ text: @autoclosure () -> String,
        at now: NIODeadline
    ) {
        guard let transcript, self.remaining > 0 else { return }
        let text = PrintableText.escape(text(), limit: 1000)
        self.remaining -= text.utf8.count
        let elapsed = Duration.nanoseconds((now - self.start).nanoseconds)
        transcript.receive(TranscriptEntry(speaker: speaker, text: text, elapsed: elapsed))
        if self.remaining <= 0 {
            transcript.receive(
                TranscriptEntry(speaker: .event, text: "transcript limit reached", elapsed: elapsed)
            )
        }
    }

    /// Records octets of commands, a line each.
    mutating func recordCommands(_ bytes: ByteBuffer, at now: NIODeadline) {
        guard self.isActive else { return }
        if self.isRedacting {
            self.record(.client, "[redacted \(bytes.readableBytes) octets]", at: now)
            return
        }
        for line in bytes.readableBytesView.split(separator: UInt8(ascii: "\n")) {
            let text = line.last == UInt8(ascii: "\r") ? line.dropLast() : line
            if Self.beginsAuthentication(text) { self.isAuthenticating = true }
            let isSecret = self.isAuthenticating
            self.record(
                .client,
                isSecret ? "[redacted \(text.count) octets]" : PrintableText.decode(text),
                at: now
            )
        }
    }

    private static func beginsAuthentication(_ line: some Collection<UInt8>) -> Bool {
        let isBlank = { (octet: UInt8) in octet == UInt8(ascii: " ") || octet == UInt8(ascii: "\t") }
        let verb = line.drop(while: isBlank).prefix { !isBlank($0) }
        return verb.elementsEqual("auth".utf8) { $0 | 0x20 == $1 }
    }

    /// Records a reply, a line each; during AUTH only the code is shown of a challenge.
    mutating func recordReply(_ reply: Reply, at now: NIODeadline) {
        // A challenge is answered by a secret, whoever listens by then.
        self.isAuthenticating = reply.code == .challenge
        guard self.isActive else { return }
        if self.isAuthenticating {
            self.record(.server, "\(reply.code) [redacted \(reply.rawText.count) octets]", at: now)
            return
        }
        let lines = reply.redacting(self.secrets).lines
        for (index, line) in lines.enumerated() {
            let separator = index == lines.count - 1 ? " " : "-"
            self.record(
                .server,
                "\(reply.code)\(line.isEmpty && separator == " " ? "" : separator)\(line)",
                at: now
            )
        }
    }
}
