package import NIOCore

/// One mail transaction as a pure state machine: replies in, actions out, no input or output of its own.
///
/// Every command is encoded when the transaction is made, so that an argument which cannot be sent is found
/// before the first octet is written. Replies are paired with commands by count, in the order of writing,
/// never by code or text (RFC 2920 section 3.1).
package struct Transaction: Sendable {
    /// What is to be done next.
    package enum Action: Sendable, Hashable {
        /// Write these octets, which will be answered by `replies` replies.
        case write(ByteBuffer, replies: Int)
        /// Read a reply and pass it to ``Transaction/receive(_:)``.
        case read(Stage)
        /// Write the content, then call ``Transaction/contentWritten()``; for BDAT call
        /// ``Transaction/chunkWritten()`` after each chunk but the last.
        case sendContent
        /// Nothing more; see ``Transaction/result``.
        case finish
    }

    /// Reply that is still to come.
    enum Expectation: Sendable, Hashable {
        case reset, mail, rcpt(Int), data, chunk, final, emptyMessage

        var stage: Stage {
            switch self {
            case .reset: .reset
            case .mail: .mail
            case .rcpt: .rcpt
            case .data: .data
            case .chunk: .content
            case .final, .emptyMessage: .finalReply
            }
        }
    }

    enum RecipientState: Sendable, Hashable {
        /// RCPT not answered.
        case open
        /// RCPT answered 2yz; the message is not decided.
        case accepted
        /// RCPT answered 4yz or 5yz.
        case refused(Reply)
        /// Too many recipients; belongs in another transaction.
        case deferred
        /// Accepted, and the final reply is here.
        case decided(Reply)

        var isAcceptedForGood: Bool {
            if case .decided(let reply) = self { reply.code.isPositive } else { false }
        }
    }

    enum ContentState: Sendable, Hashable {
        case notStarted, permitted, writing, written, abandoned
        /// 354 came although nothing was accepted: a lone dot must follow (RFC 2920 section 3.1).
        case owesTerminator
    }

    package let plan: TransactionPlan
    let recipients: [Recipient]
    private let encoded: ByteBuffer
    /// Offset behind each command in `encoded`, in order; empty where they were appended to something else.
    private let commandEnds: [Int]
    /// Commands there are: RSET or not, MAIL, RCPT for each recipient, DATA or not.
    private let commandCount: Int

    /// Commands written, and answered, so far.
    ///
    /// All are written before the content: replies to commands come first, then those to chunks, then the final
    /// ones.
    private var written = 0
    private var answered = 0
    private var chunksOwed = 0
    private var finalOwed: Expectation?
    private var lmtpIndex = 0
    private var isMailAccepted = false
    private var acceptedCount = 0
    private(set) var states: [RecipientState]
    private(set) var content = ContentState.notStarted
    private(set) var finalReply: Reply?
    private(set) var deferralReply: Reply?
    private(set) var failure: TransactionFailure?
    private(set) var mustClose = false
    private(set) var distrustsPipelining = false
    private var wasChunkRefused = false

    /// Encodes the commands of a transaction.
    ///
    /// - Parameter recipientParameters: Parameters of each RCPT; empty where none has any.
    /// - Throws: ``CommandError`` when an argument cannot be sent.
    package init(
        sender: ReversePath,
        parameters: [ESMTPParameter],
        recipients: [Recipient],
        recipientParameters: [[ESMTPParameter]] = [],
        plan: TransactionPlan
    ) throws(CommandError) {
        var buffer = ByteBufferAllocator().buffer(capacity: 48 * (recipients.count + 2))
        var ends: [Int] = []
        try Self.encode(sender, parameters, recipients, recipientParameters, plan, into: &buffer) {
            ends.append($0)
        }
        self.init(recipients, plan, encoded: buffer, commandEnds: ends)
    }

    /// A transaction whose commands go out in one group: they are appended to what goes out with them, and count
    /// as written.
    ///
    /// - Throws: ``CommandError`` when an argument cannot be sent; nothing was appended then.
    package init(
        sender: ReversePath,
        parameters: [ESMTPParameter],
        recipients: [Recipient],
        recipientParameters: [[ESMTPParameter]],
        plan: TransactionPlan,
        appendingTo group: inout ByteBuffer
    ) throws(CommandError) {
        let start = group.writerIndex
        do throws(CommandError) {
            try Self.encode(sender, parameters, recipients, recipientParameters, plan, into: &group) { _ in }
        } catch {
            group.moveWriterIndex(to: start)
            throw error
        }
        self.init(recipients, plan, encoded: ByteBuffer(), commandEnds: [])
        self.written = self.commandCount
    }

    private init(_ recipients: [Recipient], _ plan: TransactionPlan, encoded: ByteBuffer, commandEnds: [Int])
    {
        self.plan = plan
        self.recipients = recipients
        self.encoded = encoded
        self.commandEnds = commandEnds
        self.commandCount =
            recipients.count + 1 + (plan.beginsWithReset ? 1 : 0) + (plan.contentCommand == .data ? 1 : 0)
        self.states = Array(repeating: .open, count: recipients.count)
    }

    private static func encode(
        _ sender: ReversePath,
        _ parameters: [ESMTPParameter],
        _ recipients: [Recipient],
        _ recipientParameters: [[ESMTPParameter]],
        _ plan: TransactionPlan,
        into buffer: inout ByteBuffer,
        _ commandEnded: (Int) -> Void
    ) throws(CommandError) {
        let encoder = CommandEncoder(allowsUTF8: parameters.contains { $0.keyword == "SMTPUTF8" })
        if plan.beginsWithReset {
            try encoder.encode(.reset, into: &buffer)
            commandEnded(buffer.writerIndex)
        }
        try encoder.encode(.mail(sender, parameters), into: &buffer)
        commandEnded(buffer.writerIndex)
        for (index, recipient) in recipients.enumerated() {
            let parameters = index < recipientParameters.count ? recipientParameters[index] : []
            try encoder.encode(.rcpt(recipient.path, parameters), into: &buffer)
            commandEnded(buffer.writerIndex)
        }
        if plan.contentCommand == .data {
            try encoder.encode(.data, into: &buffer)
            commandEnded(buffer.writerIndex)
        }
    }

    /// Commands of the transaction.
    package var replyCount: Int { self.commandCount }

    /// The command with this number, as a reply is expected to it.
    private func command(_ number: Int) -> Expectation {
        let index = number - (self.plan.beginsWithReset ? 1 : 0)
        switch index {
        case -1: return .reset
        case 0: return .mail
        default: return index <= self.recipients.count ? .rcpt(index - 1) : .data
        }
    }

    /// What to do next; asking does not change anything until it is done, except that a group counts as
    /// written.
    package mutating func next() -> Action {
        if self.mustClose { return .finish }
        if self.isContentNext { return .sendContent }
        if let expectation = self.firstExpected { return .read(expectation.stage) }
        if self.content == .owesTerminator {
            self.content = .abandoned
            self.finalOwed = .emptyMessage
            return .write(ByteBuffer(string: ".\r\n"), replies: 1)
        }
        if self.failure != nil || self.content == .written || self.content == .abandoned { return .finish }
        if self.written == self.commandCount {
            // BDAT that waits for the envelope's replies.
            guard self.acceptedCount > 0 else { return .finish }
            self.content = .permitted
            return .sendContent
        }
        if self.command(self.written) == .data, self.acceptedCount == 0 { return .finish }
        return self.writeGroup()
    }

    /// Whether the last octet of the content went out, or counts as if it had.
    package var isContentWritten: Bool { self.content == .written }

    /// Whether content follows what was just written, without a reply in between.
    package var isContentNext: Bool { self.content == .permitted || self.sendsChunksAtOnce }

    private var sendsChunksAtOnce: Bool {
        self.plan.contentCommand == .bdat(atOnce: true) && self.plan.pipelining >= .transaction
            && self.written == self.commandCount && self.content == .notStarted && self.failure == nil
    }

    private var firstExpected: Expectation? {
        if self.answered < self.written { return self.command(self.answered) }
        return self.chunksOwed > 0 ? .chunk : self.finalOwed
    }

    /// The reply expected first is here.
    private mutating func answer() {
        if self.answered < self.written {
            self.answered += 1
        } else if self.chunksOwed > 0 {
            self.chunksOwed -= 1
        } else {
            self.finalOwed = nil
        }
    }

    private mutating func writeGroup() -> Action {
        let first = self.written
        var end = first + 1
        switch self.plan.pipelining {
        case .disabled: break
        case .envelope:
            end = self.plan.contentCommand == .data ? max(self.commandCount - 1, end) : self.commandCount
        case .transaction, .session: end = self.commandCount
        }
        self.written = end
        let start = first == 0 ? 0 : self.commandEnds[first - 1]
        let group =
            self.encoded.getSlice(at: start, length: self.commandEnds[end - 1] - start) ?? ByteBuffer()
        return .write(group, replies: end - first)
    }

    /// A chunk of BDAT that is not the last went out.
    package mutating func chunkWritten() {
        self.content = .writing
        self.chunksOwed += 1
    }

    /// The last octet of the content went out.
    package mutating func contentWritten() {
        self.content = .written
        self.finalOwed = .final
    }

    /// Most replies that can follow the last octet of the content: one, or in LMTP one for each recipient
    /// that is, or may still be, accepted.
    package var finalReplyCount: Int {
        guard self.plan.flavour == .lmtp else { return 1 }
        return max(1, self.states.count { $0 == .accepted || $0 == .open })
    }

    /// The server answered before the content was complete; the rest is not sent and the connection given up.
    package mutating func receiveDuringContent(_ reply: Reply) {
        let reason: TransactionFailure.Reason =
            reply.announcesClosing ? .serverClosing : reply.code.isNegative ? .dataRefused : .unexpectedReply
        self.fail(reason, .content, reply)
        self.mustClose = true
    }

    /// The rest of the content is not sent, because a chunk was refused.
    package mutating func contentAbandoned() {
        self.content = .abandoned
    }

    /// Whether a reply came that makes sending the rest of the content useless.
    package var refusesContent: Bool { self.failure != nil || self.mustClose }

    /// Whether replies are outstanding that may be read while content is still going out.
    package var expectsReplies: Bool { self.firstExpected != nil }

    /// Takes the reply to the earliest command not answered yet.
    package mutating func receive(_ reply: Reply) {
        guard let expectation = self.firstExpected else {
            self.fail(.unexpectedReply, .command, reply)
            self.mustClose = true
            return
        }
        self.answer()
        if reply.announcesClosing {
            self.fail(.serverClosing, expectation.stage, reply)
            self.mustClose = true
            return
        }
        switch expectation {
        case .reset: self.receiveReset(reply)
        case .mail: self.receiveMail(reply)
        case .rcpt(let index): self.receiveRecipient(reply, index)
        case .data: self.receiveData(reply)
        case .chunk: self.receiveChunk(reply)
        case .final: self.receiveFinal(reply)
        case .emptyMessage: self.receiveEmptyMessage(reply)
        }
    }

    /// Takes a reply 2yz to a command for which nothing but that matters.
    ///
    /// - Returns: Whether it was one; otherwise nothing has happened.
    package mutating func receiveCompletion() -> Bool {
        guard self.answered < self.written else { return false }
        switch self.command(self.answered) {
        case .reset: break
        case .mail: self.isMailAccepted = true
        case .rcpt(let index) where self.isMailAccepted && !self.plan.requiresAllRecipients:
            self.states[index] = .accepted
            self.acceptedCount += 1
        default: return false
        }
        self.answered += 1
        return true
    }

    private mutating func fail(_ reason: TransactionFailure.Reason, _ stage: Stage, _ reply: Reply?) {
        // The first failure is the cause; what follows it are consequences.
        if self.failure == nil {
            self.failure = TransactionFailure(reason: reason, stage: stage, reply: reply)
        }
    }

    private mutating func receiveReset(_ reply: Reply) {
        guard !reply.code.isPositive else { return }
        self.fail(.resetRefused, .reset, reply)
        self.mustClose = true
    }

    private mutating func receiveMail(_ reply: Reply) {
        switch reply.code.severity {
        case .positiveCompletion: self.isMailAccepted = true
        case .positiveIntermediate: self.failUnexpected(.mail, reply)
        case .transientNegative, .permanentNegative: self.fail(.senderRefused, .mail, reply)
        }
    }

    private mutating func receiveRecipient(_ reply: Reply, _ index: Int) {
        guard self.isMailAccepted else { return }
        switch reply.code.severity {
        case .positiveCompletion:
            self.states[index] = .accepted
            self.acceptedCount += 1
        case .positiveIntermediate:
            self.failUnexpected(.rcpt, reply)
        case .transientNegative, .permanentNegative:
            if self.meansTooMany(reply) {
                self.states[index] = .deferred
                self.deferralReply = reply
            } else {
                self.states[index] = .refused(reply)
            }
            self.noteSequenceError(reply)
        }
        guard index == self.states.count - 1 || self.plan.pipelining == .disabled else { return }
        self.judgeRecipients(last: index, reply)
    }

    /// Decides about the envelope once its last reply is here, or in lock-step after each.
    private mutating func judgeRecipients(last index: Int, _ reply: Reply) {
        let isRefused =
            self.plan.requiresAllRecipients
            ? self.acceptedCount <= index : index == self.states.count - 1 && self.acceptedCount == 0
        if isRefused {
            let decisive = self.plan.requiresAllRecipients ? self.decisiveRefusal : nil
            self.fail(.recipientsRefused, .rcpt, decisive ?? reply)
        } else if self.states[index] == .deferred, self.plan.pipelining == .disabled {
            // The server is full for this transaction; asking for the rest would only collect the same
            // answer.
            for rest in (index + 1)..<self.states.count { self.states[rest] = .deferred }
            self.written = self.commandCount - (self.plan.contentCommand == .data ? 1 : 0)
            self.answered = self.written
        }
    }

    /// The refusal that weighs most: the first for good, or else the first.
    private var decisiveRefusal: Reply? {
        let refusals = self.states.compactMap { if case .refused(let reply) = $0 { reply } else { nil } }
        return refusals.first { $0.code.severity == .permanentNegative } ?? refusals.first
    }

    /// 452, or 552 from old servers, after some were accepted: too many recipients (RFC 5321 section
    /// 4.5.3.1.10).
    private func meansTooMany(_ reply: Reply) -> Bool {
        guard self.acceptedCount > 0, !self.plan.requiresAllRecipients,
            reply.code == .insufficientStorage || reply.code == .storageExceeded
        else { return false }
        return reply.enhancedStatus.map { $0.subject == 5 && $0.detail == 3 } ?? true
    }

    /// A complaint about the sequence or syntax of commands that are right hints at a server, or a device in
    /// front of it, which does not keep up with groups.
    private mutating func noteSequenceError(_ reply: Reply) {
        guard self.plan.pipelining > .disabled, [500, 502, 503].contains(reply.code.value),
            reply.enhancedStatus.map({ $0.subject == 5 }) ?? true
        else { return }
        self.distrustsPipelining = true
    }

    private mutating func receiveData(_ reply: Reply) {
        let isPermission =
            reply.code == .startMailInput || (self.plan.acceptsCompletionForData && reply.code == .ok)
        guard !isPermission else {
            if self.failure == nil, self.acceptedCount > 0 {
                self.content = .permitted
            } else {
                self.content = .owesTerminator
            }
            return
        }
        guard reply.code.isNegative else {
            self.failUnexpected(.data, reply)
            return
        }
        if self.acceptedCount > 0 {
            self.noteSequenceError(reply)
            self.fail(.dataRefused, .data, reply)
        }
    }

    private mutating func receiveChunk(_ reply: Reply) {
        if reply.code.isNegative {
            self.wasChunkRefused = true
            self.fail(.dataRefused, .content, reply)
        } else if !reply.code.isPositive {
            self.failUnexpected(.content, reply)
        }
    }

    private mutating func receiveFinal(_ reply: Reply) {
        guard reply.code.severity != .positiveIntermediate else {
            self.failUnexpected(.finalReply, reply)
            return
        }
        self.finalReply = reply
        self.wasChunkRefused =
            self.wasChunkRefused || (reply.code.isNegative && self.plan.contentCommand != .data)
        // LMTP answers once for each accepted recipient, in the order of RCPT (RFC 2033 section 4.2), SMTP
        // for all.
        if self.plan.flavour == .lmtp, let index = self.states[self.lmtpIndex...].firstIndex(of: .accepted) {
            self.states[index] = .decided(reply)
            self.lmtpIndex = index + 1
            // The same expectation stands until the last of them is answered.
            if self.states[self.lmtpIndex...].contains(.accepted) { self.finalOwed = .final }
        } else {
            for index in self.states.indices where self.states[index] == .accepted {
                self.states[index] = .decided(reply)
            }
        }
        if self.firstExpected == nil, !self.states.contains(where: \.isAcceptedForGood) {
            self.fail(.dataRefused, .finalReply, reply)
        }
    }

    private mutating func receiveEmptyMessage(_ reply: Reply) {
        guard reply.code.severity != .positiveIntermediate else {
            self.failUnexpected(.finalReply, reply)
            return
        }
        guard reply.code.isPositive else { return }
        self.failure?.acceptedEmptyMessage = true
        self.distrustsPipelining = true
    }

    private mutating func failUnexpected(_ stage: Stage, _ reply: Reply) {
        self.fail(.unexpectedReply, stage, reply)
        self.mustClose = true
    }

    /// The failure, where a reply of the server is its cause.
    package var refusal: TransactionFailure? {
        self.failure.flatMap { $0.reply == nil ? nil : $0 }
    }

    /// Stage the transaction stands in: that of the reply it waits for, or the content.
    package var currentStage: Stage {
        if let failure { return failure.stage }
        return self.firstExpected?.stage ?? (self.written == 0 ? .preparation : .content)
    }

    /// Whether the server may still have the transaction open, or its state is not known.
    var needsReset: Bool {
        guard !self.mustClose else { return false }
        if self.wasChunkRefused { return true }
        return self.isMailAccepted && !(self.content == .written && self.finalReply != nil)
    }
}
