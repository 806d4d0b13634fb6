internal import NIOCore
internal import SMTPCore

/// Writes the transcript of one connection; knows from the session when secrets are on the wire.
struct TranscriptRecorder: Sendable {
    private var transcript: Transcript?
    private let start: NIODeadline
    private var remaining: Int
    /// Whether both sides exchange secrets now.
    var isRedacting = false

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
            self.record(.client, PrintableText.decode(text), at: now)
        }
    }

    /// Records a reply, a line each; during AUTH only the code is shown of a challenge.
    mutating func recordReply(_ reply: Reply, at now: NIODeadline) {
        guard self.isActive else { return }
        if self.isRedacting, reply.code == .challenge {
            self.record(.server, "\(reply.code) [redacted \(reply.rawText.count) octets]", at: now)
            return
        }
        let lines = reply.lines
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
