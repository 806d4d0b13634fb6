import MailAddress
import NIOCore
import SMTPCore
import Testing

/// A transaction as a table has it: a dialogue in one line, and what comes of it.
///
/// The dialogue is what both sides do, in order: verbs, with `+` between those that go out in one write;
/// reply codes, with the text behind `/`; `.` for a lone dot; `chunk` for a chunk that is not the last;
/// `content` for the octets up to the last; `abandoned` when the rest of the chunks is not sent; `early` in
/// front of a reply to content that is not complete. A dialogue that ends while a reply is awaited is a
/// connection lost there: `lost` when the last octets did not reach the network.
struct TransactionRow: Sendable, CustomTestStringConvertible {
    enum Flag: String, Sendable, Hashable {
        case needsReset, mustClose, distrustsPipelining
    }

    struct Failure: Sendable, Hashable {
        let reason: TransactionFailure.Reason
        let stage: Stage
        let code: Int?
    }

    let plan: TransactionPlan
    let dialogue: String
    /// An outcome for each recipient: disposition, the code that decided it, and the stage; or `deferred`.
    let outcomes: [String]
    let failure: Failure?
    let flags: Set<Flag>

    init(
        _ plan: TransactionPlan,
        _ dialogue: String,
        _ outcomes: String...,
        failure: (TransactionFailure.Reason, Stage, Int?)? = nil,
        flags: Set<Flag> = []
    ) {
        self.plan = plan
        self.dialogue = dialogue
        self.outcomes = outcomes
        self.failure = failure.map { Failure(reason: $0.0, stage: $0.1, code: $0.2) }
        self.flags = flags
    }

    var testDescription: String { self.dialogue }

    /// Carries the transaction out and compares everything.
    func check() throws {
        var run = try DialogueRun(self.plan, recipients: self.outcomes.count, dialogue: self.dialogue)
        try run.carryOut()
        let done = run.done.joined(separator: " ")
        #expect(done == self.dialogue)
        let result = run.result
        #expect(Self.outcomes(of: result) == self.outcomes)
        let failure = result.failure.map {
            Failure(reason: $0.reason, stage: $0.stage, code: $0.reply?.code.value)
        }
        #expect(failure == self.failure)
        var flags = Set<Flag>()
        if result.needsReset { flags.insert(.needsReset) }
        if result.mustClose { flags.insert(.mustClose) }
        if result.distrustsPipelining { flags.insert(.distrustsPipelining) }
        #expect(flags == self.flags)
    }

    private static func outcomes(of result: TransactionResult) -> [String] {
        var outcomes: [ForwardPath: String] = [:]
        for outcome in result.recipients {
            outcomes[outcome.recipient] =
                outcome.disposition.rawValue + (outcome.code.map { " \($0)" } ?? "") + " \(outcome.stage)"
        }
        for recipient in result.deferred { outcomes[recipient.path] = "deferred" }
        // In the order of the envelope, which the number in the address tells.
        return outcomes.sorted { $0.key.description < $1.key.description }.map(\.value)
    }
}

/// One transaction, driven by a dialogue.
struct DialogueRun {
    private var transaction: Transaction
    private var words: ArraySlice<String>
    private var isDelivered = false
    private(set) var done: [String] = []

    struct UnexpectedAction: Error {
        let action: String
        let next: String?
        let done: [String]
    }

    init(_ plan: TransactionPlan, recipients: Int, dialogue: String) throws {
        self.words = dialogue.split(separator: " ").map(String.init)[...]
        self.transaction = try Self.transaction(plan, recipients: recipients)
    }

    static func transaction(_ plan: TransactionPlan, recipients: Int) throws -> Transaction {
        try Transaction(
            sender: ReversePath("sender@example.org"),
            parameters: [],
            recipients: (0..<recipients).map { Recipient(try ForwardPath("r\($0)@example.org")) },
            plan: plan
        )
    }

    var result: TransactionResult { self.transaction.result(isContentDelivered: self.isDelivered) }

    mutating func carryOut() throws {
        while true {
            switch self.transaction.next() {
            case .write(let bytes, let replies):
                let verbs = bytes.text.split(separator: "\r\n").map { $0.split(separator: " ")[0] }
                try self.take(verbs.joined(separator: "+"))
                #expect(replies == verbs.count)
            case .read(let stage):
                // Here the connection was lost.
                guard let word = self.words.first else { return }
                guard word != "lost" else {
                    try self.take("lost")
                    self.isDelivered = false
                    return
                }
                let reply = try Self.reply(word)
                try self.take(word)
                if self.result.failure == nil { #expect(self.transaction.currentStage == stage) }
                self.transaction.receive(reply)
            case .sendContent:
                guard try self.sendContent() else { return }
            case .finish:
                if let word = self.words.first {
                    throw UnexpectedAction(action: "finish", next: word, done: self.done)
                }
                return
            }
        }
    }

    /// - Returns: Whether the transaction goes on.
    private mutating func sendContent() throws -> Bool {
        while true {
            switch self.words.first {
            case "chunk":
                try self.take("chunk")
                self.transaction.chunkWritten()
            case "content":
                try self.take("content")
                self.transaction.contentWritten()
                self.isDelivered = true
                return true
            case "abandoned":
                #expect(self.transaction.refusesContent)
                try self.take("abandoned")
                self.transaction.contentAbandoned()
                return true
            case "early":
                try self.take("early")
                let word = try #require(self.words.first)
                try self.take(word)
                self.transaction.receiveDuringContent(try Self.reply(word))
                return true
            case "lost":
                try self.take("lost")
                return false
            case .some(let word) where Int(word.prefix(3)) != nil && self.transaction.expectsReplies:
                try self.take(word)
                self.transaction.receive(try Self.reply(word))
            default:
                throw UnexpectedAction(action: "content", next: self.words.first, done: self.done)
            }
        }
    }

    private mutating func take(_ word: String) throws {
        guard self.words.first == word else {
            throw UnexpectedAction(action: word, next: self.words.first, done: self.done)
        }
        self.words.removeFirst()
        self.done.append(word)
    }

    private static func reply(_ word: String) throws -> Reply {
        let parts = word.split(separator: "/", maxSplits: 1)
        let code = try #require(Int(parts[0]).flatMap { ReplyCode($0) }, "\(word) is no reply")
        return Reply(code: code, text: Array((parts.count > 1 ? parts[1] : "").utf8))
    }
}
