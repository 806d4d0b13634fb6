package import SMTPCore

/// When a message that failed is sent again.
///
/// Only what no server can have accepted, or what a server refused for now (4yz), is ever tried again; a
/// refusal for good (5yz) must not be repeated unchanged (RFC 5321 section 4.2.1). The delays are for a client
/// that somebody waits for. RFC 5321 section 4.5.4.1 asks queues for at least 30 minutes between attempts and
/// four to five days before they give up: a program that must not lose a message keeps it in a queue of its
/// own.
///
/// ```swift
/// var policy = RetryPolicy.standard
/// policy.rules = [
///     try RetryRule("4.7.x", .retryAfter(atLeast: .seconds(300))),
///     try RetryRule("554 5.2.0", .retry),
/// ]
/// ```
public struct RetryPolicy: Sendable, Hashable {
    /// Nothing is tried again.
    public static let none = RetryPolicy(maximumAttempts: 1)
    /// Four attempts within 15 minutes.
    public static let standard = RetryPolicy()

    /// Most attempts, the first included; what is below 1 counts as 1.
    public var maximumAttempts: Int
    /// Delays between attempts.
    public var backOff: BackOff
    /// Time from the first attempt; nil for no limit.
    ///
    /// A delay that would end later is not begun.
    public var deadline: Duration?
    /// Whether a message is sent again although a server may have accepted it
    /// (``Acceptance/unknown``): it may arrive twice (RFC 1047).
    public var retriesUnknownAcceptance: Bool
    /// What to do about certain replies; the first that fits counts.
    ///
    /// Rules decide where a reply decided the failure. They make nobody a recipient again who was accepted,
    /// and nothing is sent again because of them that may have been accepted.
    public var rules: [RetryRule]

    /// Makes a policy; that of ``standard`` unless told otherwise.
    public init(
        maximumAttempts: Int = 4,
        backOff: BackOff = BackOff(),
        deadline: Duration? = .seconds(15 * 60),
        retriesUnknownAcceptance: Bool = false,
        rules: [RetryRule] = []
    ) {
        self.maximumAttempts = maximumAttempts
        self.backOff = backOff
        self.deadline = deadline
        self.retriesUnknownAcceptance = retriesUnknownAcceptance
        self.rules = rules
    }

    /// Whether and when a message goes out again that no server took.
    ///
    /// Where the error tells about recipients, only those for whom ``repeats(_:)`` is true may be offered again.
    ///
    /// - Parameters:
    ///   - error: Why it failed.
    ///   - attempt: Which attempt failed, from 1.
    ///   - elapsed: Time since the first attempt began.
    ///   - random: Random number from 0 up to 1.
    package func decision(after error: SMTPError, attempt: Int, elapsed: Duration, random: Double)
        -> RetryDecision
    {
        guard let pace = self.pace(after: error),
            error.recipients.isEmpty
                ? error.acceptance != .partly : error.recipients.contains(where: self.repeats),
            let delay = self.delay(pace, attempt: attempt, elapsed: elapsed, random: random)
        else { return .giveUp }
        return .retry(after: delay)
    }

    /// Which recipients are offered again, and when, although others accepted the message or were refused for
    /// good.
    ///
    /// Those whose delay would end behind the deadline are left out; for the others the longest delay counts.
    ///
    /// - Parameters:
    ///   - outcomes: What became of each recipient; those of a receipt or of an error.
    ///   - attempt: Which attempt failed, from 1.
    ///   - elapsed: Time since the first attempt began.
    ///   - random: Random number from 0 up to 1.
    /// - Returns: Nil where nobody is offered again.
    package func decision(
        forRefused outcomes: [RecipientOutcome],
        attempt: Int,
        elapsed: Duration,
        random: Double
    ) -> RecipientRetry? {
        var recipients: [ForwardPath] = []
        var longest = Duration.zero
        for outcome in outcomes {
            guard let pace = self.pace(after: outcome),
                let delay = self.delay(pace, attempt: attempt, elapsed: elapsed, random: random)
            else { continue }
            recipients.append(outcome.recipient)
            longest = max(longest, delay)
        }
        return recipients.isEmpty ? nil : RecipientRetry(recipients: recipients, delay: longest)
    }

    /// Whether a recipient may be offered again: never one that was accepted, and one that may have been only
    /// with ``retriesUnknownAcceptance``.
    package func repeats(_ outcome: RecipientOutcome) -> Bool {
        self.pace(after: outcome) != nil
    }

    /// The delay, if there is an attempt left and the delay ends in time.
    private func delay(_ pace: RetryPace, attempt: Int, elapsed: Duration, random: Double) -> Duration? {
        guard attempt < self.maximumAttempts else { return nil }
        let delay = pace.delay(attempt: attempt, backOff: self.backOff, random: random)
        if let deadline, elapsed + delay > deadline { return nil }
        return delay
    }

    // MARK: Recipients

    private func pace(after outcome: RecipientOutcome) -> RetryPace? {
        switch outcome.disposition {
        case .accepted: nil
        case .unknown: self.retriesUnknownAcceptance ? .backOff : nil
        case .refusedPermanently: outcome.reply.flatMap(self.pace)
        case .refusedTemporarily: outcome.reply.map(self.pace) ?? .backOff
        case .notAccepted:
            // The reply, where there is one, is that of the step which failed for all.
            outcome.reply.flatMap { $0.code.isNegative ? .some(self.pace(after: $0)) : nil } ?? .backOff
        }
    }

    // MARK: Replies

    private func rule(for reply: Reply?) -> RetryRule? {
        reply.flatMap { reply in self.rules.first { $0.pattern.matches(reply) } }
    }

    private func pace(after reply: Reply) -> RetryPace? {
        if let rule = self.rule(for: reply) { return rule.action.pace }
        guard reply.code.severity == .transientNegative else { return nil }
        // The server found the connection idle for too long (RFC 3463 section 3.5): another one will do.
        return reply.enhancedStatus == EnhancedStatusCode(4, 4, 2) ? .atOnceFirst : .backOff
    }

    // MARK: Errors

    private func pace(after error: SMTPError) -> RetryPace? {
        guard !Self.isHopeless(error.code) else { return nil }
        if error.acceptance == .unknown || error.recipients.contains(where: { $0.disposition == .unknown }) {
            return self.retriesUnknownAcceptance ? .backOff : nil
        }
        if error.code == .recipientsRefused, !error.recipients.isEmpty {
            return self.paceAfterRefusedRecipients(error.recipients)
        }
        if let rule = self.rule(for: error.reply) { return rule.action.pace }
        guard error.acceptance != .refusedPermanently else { return nil }
        switch error.code {
        case .disconnected, .malformedReply, .unexpectedReply, .unsolicitedData:
            return error.acceptance == .refusedTemporarily ? .backOff : .atOnceFirst
        case .timedOut, .cannotConnect, .serverClosing:
            // What was not there, or not able, a moment ago will not be at once.
            return .backOff
        case .authenticationFailed where error.reply?.meansPasswordTransition ?? false:
            return nil
        case .commandRefused where error.acceptance == .notAccepted:
            return .atOnceFirst
        default:
            if let reply = error.reply { return self.pace(after: reply) }
            return error.acceptance == .refusedTemporarily ? .backOff : nil
        }
    }

    /// The slowest pace of the recipients.
    private func paceAfterRefusedRecipients(_ recipients: [RecipientOutcome]) -> RetryPace? {
        let open = recipients.filter { $0.disposition != .accepted }
        let paces = open.compactMap(self.pace)
        // Where somebody was not refused and yet not accepted, all were required: without one of them the
        // message must not go to the others.
        let requiresAll = open.contains { $0.disposition == .notAccepted }
        guard !requiresAll || paces.count == open.count else { return nil }
        let least = paces.compactMap { if case .atLeast(let least) = $0 { least } else { nil } }.max()
        if let least { return .atLeast(least) }
        return [.backOff, .atOnceFirst, .atOnce].first(where: paces.contains)
    }

    /// Whether the same would happen again, or must not be done again: the fault is in what the caller asked
    /// for, in how client and server are set up, or somebody does not want it any more.
    private static func isHopeless(_ code: SMTPError.Code) -> Bool {
        switch code {
        case .invalidArgument, .invalidMessage, .contentSourceFailed, .notSupported, .messageTooLarge,
            .badSequence, .cancelled, .closed,
            .hostUnknown, .tlsFailed, .certificateRejected, .unexpectedPlaintextBeforeTLS,
            .noAuthenticationMechanism, .authenticationNeedsEncryption:
            true
        default: false
        }
    }
}

extension Reply {
    /// Whether AUTH was refused until the user does something about the password: 432 4.7.12 (RFC 4954 section
    /// 6).
    ///
    /// The same code with another status is a server that has too many connections.
    fileprivate var meansPasswordTransition: Bool {
        self.code.value == 432
            && (self.enhancedStatus == nil || self.enhancedStatus == EnhancedStatusCode(4, 7, 12))
    }
}
