import AsyncSMTP
import Testing

/// What is tried again, and when.
@Suite("Retry policy")
struct RetryPolicyTests {
    /// An error and the decision behind the first attempt, with delays of 1 s.
    struct Row: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let error: SMTPError
        let decision: RetryDecision

        init(_ name: String, _ error: SMTPError, _ decision: RetryDecision) {
            self.testDescription = name
            self.error = error
            self.decision = decision
        }
    }

    static let policy = RetryPolicy(backOff: BackOff(jitter: 0))
    static let later = RetryDecision.retry(after: .seconds(1))
    static let atOnce = RetryDecision.retry(after: .zero)

    static func reply(_ code: Int, _ text: String = "") -> Reply? {
        ReplyCode(code).map { Reply(code: $0, text: Array(text.utf8)) }
    }

    static func error(
        _ code: SMTPError.Code,
        _ stage: Stage,
        _ reply: Reply? = nil,
        _ recipients: [RecipientOutcome] = [],
        acceptance: Acceptance? = nil
    ) -> SMTPError {
        SMTPError(code, "", stage: stage, reply: reply, recipients: recipients, acceptance: acceptance)
    }

    static func outcome(
        _ name: String,
        _ disposition: RecipientOutcome.Disposition,
        _ reply: Reply? = nil
    ) throws -> RecipientOutcome {
        let path = try ForwardPath("\(name)@b.example")
        return RecipientOutcome(recipient: path, disposition: disposition, reply: reply, stage: .rcpt)
    }

    static func decide(_ policy: RetryPolicy, _ error: SMTPError, attempt: Int = 1, elapsed: Duration = .zero)
        -> RetryDecision
    {
        policy.decision(after: error, attempt: attempt, elapsed: elapsed, random: 0)
    }

    static let rows: [Row] = [
        Row("closed at MAIL", error(.disconnected, .mail), atOnce),
        Row("nonsense", error(.malformedReply, .mail), atOnce),
        Row("nobody asked", error(.unsolicitedData, .mail), atOnce),
        Row("no connection", error(.cannotConnect, .connect), later),
        Row("no answer", error(.timedOut, .greeting), later),
        Row("421", error(.serverClosing, .mail, reply(421)), later),
        Row("greeting 421", error(.greetingRefused, .greeting, reply(421)), later),
        Row("greeting 554", error(.greetingRefused, .greeting, reply(554)), .giveUp),
        Row("hello 550", error(.helloRefused, .hello, reply(550)), .giveUp),
        Row("STARTTLS 454", error(.startTLSUnavailable, .tls, reply(454)), later),
        Row("no STARTTLS", error(.startTLSUnavailable, .tls), .giveUp),
        Row("AUTH 454", error(.authenticationFailed, .authentication, reply(454, "4.7.0 later")), later),
        Row("AUTH 535", error(.authenticationFailed, .authentication, reply(535)), .giveUp),
        Row("AUTH 432 password", error(.authenticationFailed, .authentication, reply(432)), .giveUp),
        Row(
            "AUTH 432 connections",
            error(.authenticationFailed, .authentication, reply(432, "4.3.2 Concurrent connections")),
            later
        ),
        Row("MAIL 451", error(.senderRefused, .mail, reply(451)), later),
        Row("Q43 MAIL 451 4.4.2", error(.senderRefused, .mail, reply(451, "4.4.2 Timeout")), atOnce),
        Row("Q42 MAIL 451 4.4.1", error(.senderRefused, .mail, reply(451, "4.4.1 duration")), later),
        Row("Q55 RCPT 450 4.7.1", error(.recipientsRefused, .rcpt, reply(450, "4.7.1 grey")), later),
        Row("Q56 432 4.3.2", error(.dataRefused, .finalReply, reply(432, "4.3.2 limit")), later),
        Row("Q57 454 throttled", error(.dataRefused, .finalReply, reply(454, "Throttling failure")), later),
        Row("452", error(.dataRefused, .finalReply, reply(452)), later),
        Row("554", error(.dataRefused, .finalReply, reply(554)), .giveUp),
        Row("RSET refused", error(.commandRefused, .reset, reply(500), acceptance: .notAccepted), atOnce),
    ]

    @Test(
        "R5321-4.5.4.1-1 what was refused for now is tried again, what was refused for good is not",
        arguments: rows
    )
    func table(_ row: Row) {
        #expect(Self.decide(Self.policy, row.error) == row.decision)
        #expect(Self.decide(.none, row.error) == .giveUp)
    }

    @Test(
        "what cannot get better is never tried again, whatever the rules say",
        arguments: [
            SMTPError.Code.invalidArgument, .invalidMessage, .contentSourceFailed, .notSupported,
            .messageTooLarge, .badSequence, .cancelled, .closed, .hostUnknown, .tlsFailed,
            .certificateRejected, .unexpectedPlaintextBeforeTLS, .noAuthenticationMechanism,
            .authenticationNeedsEncryption,
        ]
    )
    func hopeless(_ code: SMTPError.Code) throws {
        var policy = Self.policy
        policy.rules = [try RetryRule("4xx", .retry)]
        #expect(Self.decide(policy, Self.error(code, .command)) == .giveUp)
        #expect(Self.decide(policy, Self.error(code, .command, Self.reply(450))) == .giveUp)
    }

    @Test("S-E8 unknown acceptance is never retried unless the caller says so")
    func unknown() throws {
        let outcomes = [try Self.outcome("a", .unknown), try Self.outcome("b", .accepted)]
        let errors = [
            Self.error(.disconnected, .finalReply, acceptance: .unknown),
            Self.error(.timedOut, .finalReply, nil, outcomes),
            Self.error(.disconnected, .finalReply, nil, outcomes, acceptance: .partly),
        ]
        var willing = Self.policy
        willing.retriesUnknownAcceptance = true
        for error in errors {
            #expect(Self.decide(Self.policy, error) == .giveUp)
            #expect(Self.decide(willing, error) == Self.later)
        }
        #expect(outcomes.map(Self.policy.repeats) == [false, false])
        #expect(outcomes.map(willing.repeats) == [true, false])
        #expect(Self.decide(willing, Self.error(.cancelled, .finalReply, acceptance: .unknown)) == .giveUp)
    }

    @Test("attempts are counted, delays grow, and none ends behind the deadline")
    func limits() {
        let lost = Self.error(.disconnected, .mail)
        #expect(Self.decide(Self.policy, lost, attempt: 2) == .retry(after: .seconds(2)))
        #expect(Self.decide(Self.policy, lost, attempt: 3) == .retry(after: .seconds(4)))
        #expect(Self.decide(Self.policy, lost, attempt: 4) == .giveUp)
        let refused = Self.error(.senderRefused, .mail, Self.reply(450))
        #expect(Self.decide(Self.policy, refused, elapsed: .seconds(899)) == Self.later)
        #expect(Self.decide(Self.policy, refused, elapsed: .seconds(900)) == .giveUp)
        var patient = Self.policy
        patient.deadline = nil
        #expect(Self.decide(patient, refused, elapsed: .seconds(90_000)) == Self.later)
    }

    @Test("rules come before what a reply means by itself; the first that fits counts")
    func rules() throws {
        var policy = Self.policy
        policy.rules = [
            try RetryRule("451 4.7.x", .never),
            try RetryRule("4.7.x", .retryAfter(atLeast: .seconds(300))),
            try RetryRule("452", .retryAtOnce),
            try RetryRule("5.2.0", .retry),
        ]
        let table: [(Int, String, RetryDecision)] = [
            (451, "4.7.1 no", .giveUp), (450, "4.7.1 grey", .retry(after: .seconds(300))),
            (452, "full", Self.atOnce), (554, "5.2.0 quota", Self.later), (554, "5.7.1 no", .giveUp),
            (451, "no status", Self.later),
        ]
        for (code, text, decision) in table {
            let error = Self.error(.dataRefused, .finalReply, Self.reply(code, text))
            #expect(Self.decide(policy, error) == decision, "\(code) \(text)")
        }
    }

    @Test("Q55 of several recipients only those refused for now are offered again")
    func recipients() throws {
        let outcomes = [
            try Self.outcome("accepted", .accepted, Self.reply(250)),
            try Self.outcome("grey", .refusedTemporarily, Self.reply(450, "4.7.1 grey")),
            try Self.outcome("gone", .refusedPermanently, Self.reply(550)),
            try Self.outcome("untried", .notAccepted),
            try Self.outcome("unknown", .unknown),
        ]
        let retry = Self.policy.decision(forRefused: outcomes, attempt: 1, elapsed: .zero, random: 0)
        #expect(retry?.recipients.map(\.description) == ["<grey@b.example>", "<untried@b.example>"])
        #expect(retry?.delay == .seconds(1))
        var slow = Self.policy
        slow.rules = [try RetryRule("450", .retryAfter(atLeast: .seconds(3600)))]
        let rest = slow.decision(forRefused: outcomes, attempt: 1, elapsed: .zero, random: 0)
        #expect(rest?.recipients.map(\.description) == ["<untried@b.example>"])
        #expect(Self.policy.decision(forRefused: outcomes, attempt: 4, elapsed: .zero, random: 0) == nil)
    }

    @Test("where all recipients are required, one refused for good ends it")
    func allRequired() throws {
        let grey = try Self.outcome("grey", .refusedTemporarily, Self.reply(450))
        let gone = try Self.outcome("gone", .refusedPermanently, Self.reply(550))
        let other = try Self.outcome("other", .notAccepted)
        func decide(_ outcomes: [RecipientOutcome]) -> RetryDecision {
            Self.decide(Self.policy, Self.error(.recipientsRefused, .rcpt, outcomes[0].reply, outcomes))
        }
        #expect(decide([grey, other]) == Self.later)
        #expect(decide([grey, gone]) == Self.later)
        #expect(decide([grey, gone, other]) == .giveUp)
        #expect(decide([gone]) == .giveUp)
    }

    @Test(
        "what is no pattern of replies is refused",
        arguments: [
            "", "45", "4512", "x51", "651", "4.7", "3.1.1", "4.7.x 451", "451  4.7.x", "451 451", "4.7.1234",
            "+51",
        ]
    )
    func patterns(_ text: String) {
        #expect(throws: SMTPError.self) { try ReplyPattern(text) }
    }

    @Test("a pattern prints as it is written", arguments: ["451", "4xx", "4.7.x", "451 4.x.12"])
    func printedPatterns(_ text: String) throws {
        #expect("\(try ReplyPattern(text))" == text)
    }

    @Test("delays stay between zero and the longest, whatever the numbers")
    func oddBackOff() {
        for multiplier in [Double.infinity, .nan, 1e300, -1, 0] {
            for jitter in [Double.nan, .infinity, -1] {
                let delay = BackOff(multiplier: multiplier, jitter: jitter).delay(attempt: .max, random: .nan)
                #expect(delay >= .zero && delay <= .seconds(60))
            }
        }
    }
}
