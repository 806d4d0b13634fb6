import NIOCore
import SMTPCore

/// A transaction walked through every combination of replies, with an account of its own kept beside it.
///
/// The account counts commands and replies and knows the few rules every plan has in common; it is no second
/// implementation. What does not agree is collected, so that a million steps need no million expectations.
struct ModelRun {
    static let alphabet = [250, 354, 421, 452, 550, 503].compactMap { ReplyCode($0) }.map {
        Reply(code: $0, text: [])
    }

    /// What was written and not answered yet.
    private enum Owed {
        case reset, mail, rcpt(Int), data, chunk, final, emptyMessage
    }

    private let plan: TransactionPlan
    private let chunks: Int
    private var transaction: Transaction
    private var trace: [String] = []

    private var owed: [Owed] = []
    private var mail: Reply?
    private var rcpt: [Reply?]
    private var data: Reply?
    private var finals: [Int: Reply] = [:]
    private var commandsWritten = 0
    private var repliesRead = 0
    private var isContentSent = false
    private var hasRefusedChunk = false
    /// Whether a reply came after which the connection cannot be used.
    private var isOver = false
    private var steps = 0

    init(_ plan: TransactionPlan, recipients: Int, chunks: Int) throws {
        self.plan = plan
        self.chunks = chunks
        self.transaction = try DialogueRun.transaction(plan, recipients: recipients)
        self.rcpt = Array(repeating: nil, count: recipients)
    }

    private var isMailAccepted: Bool { self.mail?.code.isPositive == true }
    private var accepted: [Int] {
        self.rcpt.indices.filter { self.isMailAccepted && self.rcpt[$0]?.code.isPositive == true }
    }

    /// Walks on from here, to every end there is.
    ///
    /// - Returns: How many ends there are.
    mutating func explore(_ violations: inout [String]) -> Int {
        while true {
            self.steps += 1
            guard self.steps < 100 else { return self.report("does not terminate", &violations) }
            switch self.transaction.next() {
            case .write(let bytes, let replies):
                if let violation = self.noteWritten(bytes, replies) {
                    return self.report(violation, &violations)
                }
            case .sendContent:
                if let violation = self.noteContent() { return self.report(violation, &violations) }
                guard self.sendContent() else {
                    return self.report("chunks go on after a refusal", &violations)
                }
            case .read:
                guard !self.owed.isEmpty else {
                    return self.report("reads what nothing will answer", &violations)
                }
                var ends = 0
                for reply in Self.alphabet {
                    var branch = self
                    branch.take(reply)
                    ends += branch.explore(&violations)
                }
                return ends
            case .finish:
                for isDelivered in [false, true] {
                    for violation in self.judge(self.transaction.result(isContentDelivered: isDelivered)) {
                        _ = self.report(violation, &violations)
                    }
                }
                return 1
            }
        }
    }

    private func report(_ violation: String, _ violations: inout [String]) -> Int {
        if violations.count < 20 { violations.append("\(violation): \(self.trace.joined(separator: " "))") }
        return 1
    }

    private mutating func noteWritten(_ bytes: ByteBuffer, _ replies: Int) -> String? {
        let verbs = bytes.text.split(separator: "\r\n").map { String($0.prefix { $0 != " " }) }
        self.trace.append(verbs.joined(separator: "+"))
        var recipient = self.commandsRecipients
        for verb in verbs {
            switch verb {
            case "RSET": self.owed.append(.reset)
            case "MAIL": self.owed.append(.mail)
            case "RCPT":
                self.owed.append(.rcpt(recipient))
                recipient += 1
            case "DATA": self.owed.append(.data)
            case ".":
                guard self.data?.code == .startMailInput, self.accepted.isEmpty else {
                    return "a dot nobody asked for"
                }
                self.owed.append(.emptyMessage)
            default: return "writes \(verb)"
            }
        }
        self.commandsRecipients = recipient
        self.commandsWritten += verbs.count
        return replies == verbs.count ? nil : "\(replies) replies for \(verbs.count) commands"
    }

    private var commandsRecipients = 0

    /// Content goes out after 354 and for somebody, or in chunks.
    private func noteContent() -> String? {
        if self.isContentSent { return "content twice" }
        if case .bdat(atOnce: true) = self.plan.contentCommand, self.plan.pipelining >= .transaction {
            return self.repliesRead == 0 ? nil : "content behind replies that should have decided"
        }
        if !self.owed.isEmpty { return "content while replies are owed" }
        if self.accepted.isEmpty { return "content for nobody" }
        if self.plan.requiresAllRecipients, self.accepted.count < self.rcpt.count {
            return "content for some"
        }
        if self.plan.contentCommand == .data, self.data?.code != .startMailInput {
            return "content without 354"
        }
        return nil
    }

    /// - Returns: False when chunks would go on although the transaction is lost.
    private mutating func sendContent() -> Bool {
        self.trace.append("content")
        self.isContentSent = true
        for _ in 0..<self.chunks where self.plan.contentCommand != .data {
            self.transaction.chunkWritten()
            self.commandsWritten += 1
            self.owed.append(.chunk)
            guard !self.transaction.refusesContent else { return false }
        }
        self.transaction.contentWritten()
        self.commandsWritten += 1
        self.owed.append(.final)
        return true
    }

    private mutating func take(_ reply: Reply) {
        self.trace.append(reply.code.description)
        self.transaction.receive(reply)
        self.repliesRead += 1
        let owed = self.owed.removeFirst()
        if reply.announcesClosing { self.isOver = true }
        let is3yz = reply.code.severity == .positiveIntermediate
        switch owed {
        case .reset: if !reply.code.isPositive { self.isOver = true }
        case .mail:
            self.mail = reply
            if is3yz { self.isOver = true }
        case .rcpt(let index):
            self.rcpt[index] = reply
            if is3yz, self.isMailAccepted { self.isOver = true }
        case .data:
            self.data = reply
            if reply.code.isPositive { self.isOver = true }
        case .chunk:
            if is3yz { self.isOver = true }
            if reply.code.isNegative { self.hasRefusedChunk = true }
        case .final: self.takeFinal(reply, is3yz)
        case .emptyMessage: if is3yz { self.isOver = true }
        }
    }

    private mutating func takeFinal(_ reply: Reply, _ is3yz: Bool) {
        if is3yz { self.isOver = true }
        guard !self.isOver else { return }
        if reply.code.isNegative, self.plan.contentCommand != .data { self.hasRefusedChunk = true }
        guard self.plan.flavour == .lmtp, !self.accepted.isEmpty else {
            for index in self.accepted { self.finals[index] = reply }
            return
        }
        let next = self.accepted[self.finals.count]
        self.finals[next] = reply
        if self.finals.count < self.accepted.count {
            self.owed.append(.final)
            self.commandsWritten += 1
        }
    }

    /// What is wrong with a result.
    private func judge(_ result: TransactionResult) -> [String] {
        var wrong: [String] = []
        if !self.isOver, !self.owed.isEmpty { wrong.append("\(self.owed.count) replies not read") }
        if !self.isOver, self.repliesRead != self.commandsWritten { wrong.append("miscounted replies") }
        if result.mustClose != self.isOver { wrong.append("mustClose is \(result.mustClose)") }
        wrong += self.judgeReset(result)
        if result.recipients.count + result.deferred.count != self.rcpt.count {
            wrong.append("a recipient is missing")
        }
        var isAnyAccepted = false
        for outcome in result.recipients {
            let index = Int(String(outcome.recipient.description.dropFirst(2).prefix(1))) ?? -1
            let isAccepted = self.accepted.contains(index) && self.finals[index]?.code.isPositive == true
            isAnyAccepted = isAnyAccepted || isAccepted
            if (outcome.disposition == .accepted) != isAccepted {
                wrong.append("recipient \(index) is \(outcome.disposition)")
            }
            wrong += self.judgeRefusal(outcome, index)
        }
        if result.failure == nil, !isAnyAccepted { wrong.append("no failure and nobody accepted") }
        if !result.deferred.isEmpty, !isAnyAccepted { wrong.append("deferred with nobody accepted") }
        return wrong
    }

    /// RSET is needed while the server may have the transaction open: from MAIL until the content is decided.
    private func judgeReset(_ result: TransactionResult) -> [String] {
        if self.isOver { return result.needsReset ? ["RSET on a connection that is closed"] : [] }
        let isDecided = self.isContentSent && !self.hasRefusedChunk
        let isNeeded = self.hasRefusedChunk || (self.isMailAccepted && !isDecided)
        return result.needsReset == isNeeded ? [] : ["needsReset is \(result.needsReset)"]
    }

    /// A refusal names a negative reply: to this recipient, or to something that was for all of them.
    private func judgeRefusal(_ outcome: RecipientOutcome, _ index: Int) -> [String] {
        switch outcome.disposition {
        case .refusedTemporarily, .refusedPermanently:
            guard let reply = outcome.reply, reply.code.isNegative else { return ["refused by nothing"] }
            let isPermanent = reply.code.severity == .permanentNegative
            if isPermanent != (outcome.disposition == .refusedPermanently) {
                return ["refused as \(reply.code)"]
            }
            if outcome.stage == .rcpt, !reply.announcesClosing, self.rcpt[index] != reply {
                return ["recipient \(index) refused by the reply to another"]
            }
        case .unknown:
            if !self.isContentSent { return ["unknown without content"] }
            if !self.isOver { return ["unknown although everything was answered"] }
        case .notAccepted:
            if outcome.reply != nil { return ["not accepted with a reply"] }
        case .accepted: break
        }
        return []
    }
}
