internal import NIOCore

/// Third reply layer: joins lines to replies, bounded, with one code for all lines of a reply.
package struct ReplyAssembler: Sendable {
    private let limits: ReplyLimits
    private var first: ReplyCode?
    private var text: [UInt8] = []
    private var lines = 0
    private var disagreement = false

    package init(limits: ReplyLimits = ReplyLimits()) {
        self.limits = limits
    }

    /// Whether a reply has begun and its last line has not come yet.
    package var isInsideReply: Bool { self.lines > 0 }

    /// Takes a line; returns the reply when it was the last one.
    ///
    /// When codes disagree the whole reply is read first, so that the error carries all of it: servers say
    /// `220-hello` and then `521 blocked`, and it is the second line a person needs to see.
    package mutating func append(_ line: ReplyLine) throws(ReplyError) -> Reply? {
        if self.lines == 0, line.isLast {
            guard line.text.readableBytes <= self.limits.maximumReplyLength else {
                throw ReplyError(.replyTooLong, line: line.text.readableBytesView)
            }
            return Reply(code: line.code, text: Array(buffer: line.text))
        }
        if self.lines > 0 { self.text.append(UInt8(ascii: "\n")) }
        self.text.append(contentsOf: line.text.readableBytesView)
        self.lines += 1
        guard self.lines <= self.limits.maximumLines else {
            throw ReplyError(.tooManyLines, line: line.text.readableBytesView)
        }
        guard self.text.count <= self.limits.maximumReplyLength else {
            throw ReplyError(.replyTooLong, line: line.text.readableBytesView)
        }
        let first = self.first ?? line.code
        guard line.isLast else {
            self.disagreement = self.disagreement || first != line.code
            self.first = first
            return nil
        }
        let reply = Reply(code: line.code, text: self.text)
        let disagrees = self.disagreement || first != line.code
        self.reset()
        guard !disagrees else {
            throw ReplyError(.codesDisagree(first: first), line: line.text.readableBytesView, reply: reply)
        }
        return reply
    }

    private mutating func reset() {
        self.first = nil
        self.text = []
        self.lines = 0
        self.disagreement = false
    }

    /// The error for a connection that ended here; nil between replies.
    package func endOfStream() -> ReplyError? {
        self.isInsideReply ? ReplyError(.truncated, line: self.text) : nil
    }
}
