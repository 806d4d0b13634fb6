import SMTPCore
import Testing

/// One command, one reply.
@Suite("Transactions: lock-step")
struct LockStepTests {
    private static let plan = TransactionPlan()
    private static let all = TransactionPlan(requiresAllRecipients: true)
    private static let lenient = TransactionPlan(acceptsCompletionForData: true)
    private static let reset = TransactionPlan(beginsWithReset: true)

    static let accepted = [
        TransactionRow(plan, "MAIL 250 RCPT 250 DATA 354 content 250", "accepted 250 finalReply"),
        TransactionRow(
            plan,
            "MAIL 250 RCPT 250 RCPT 250 DATA 354 content 250",
            "accepted 250 finalReply",
            "accepted 250 finalReply"
        ),
    ]

    @Test("R5321-4.1.1.3-1 R5321-4.1.1.4-1 RCPT after MAIL, content after 354", arguments: accepted)
    func checkAccepted(row: TransactionRow) throws { try row.check() }

    static let variants = [
        TransactionRow(plan, "MAIL 251 RCPT 251 DATA 354 content 251", "accepted 251 finalReply"),
        TransactionRow(plan, "MAIL 200 RCPT 252 DATA 354 content 299", "accepted 299 finalReply"),
        TransactionRow(plan, "MAIL 250 RCPT 250 DATA 354 content 221", "accepted 221 finalReply"),
    ]

    @Test("R5321-3.4-1 R5321-3.5.3-1 Q20 251, 252 and any other 2yz are as good as 250", arguments: variants)
    func checkVariants(row: TransactionRow) throws { try row.check() }

    static let senderRefused = [
        TransactionRow(
            plan,
            "MAIL 550",
            "refusedPermanently 550 mail",
            "refusedPermanently 550 mail",
            failure: (.senderRefused, .mail, 550)
        ),
        TransactionRow(
            plan,
            "MAIL 452",
            "refusedTemporarily 452 mail",
            failure: (.senderRefused, .mail, 452)
        ),
        TransactionRow(
            plan,
            "MAIL 552",
            "refusedPermanently 552 mail",
            failure: (.senderRefused, .mail, 552)
        ),
        TransactionRow(
            plan,
            "MAIL 599",
            "refusedPermanently 599 mail",
            failure: (.senderRefused, .mail, 599)
        ),
    ]

    @Test(
        "R5321-4.1.1.3-1 R1870-4 R5321-4.2.1-1 after a refused MAIL nothing more is sent",
        arguments: senderRefused
    )
    func checkSenderRefused(row: TransactionRow) throws { try row.check() }

    static let recipientsRefused = [
        TransactionRow(
            plan,
            "MAIL 250 RCPT 550 RCPT 250 DATA 354 content 250",
            "refusedPermanently 550 rcpt",
            "accepted 250 finalReply"
        ),
        TransactionRow(
            plan,
            "MAIL 250 RCPT 250 RCPT 501 RCPT 250 DATA 354 content 250",
            "accepted 250 finalReply",
            "refusedPermanently 501 rcpt",
            "accepted 250 finalReply"
        ),
        TransactionRow(
            plan,
            "MAIL 250 RCPT 450/4.7.1 RCPT 451 RCPT 250 DATA 354 content 250",
            "refusedTemporarily 450 rcpt",
            "refusedTemporarily 451 rcpt",
            "accepted 250 finalReply"
        ),
        TransactionRow(
            plan,
            "MAIL 250 RCPT 550 RCPT 450",
            "refusedPermanently 550 rcpt",
            "refusedTemporarily 450 rcpt",
            failure: (.recipientsRefused, .rcpt, 450),
            flags: [.needsReset]
        ),
        TransactionRow(
            plan,
            "MAIL 250 RCPT 551",
            "refusedPermanently 551 rcpt",
            failure: (.recipientsRefused, .rcpt, 551),
            flags: [.needsReset]
        ),
    ]

    @Test(
        "Q47 Q55 R5321-3.4-1 refused recipients, and the others get the message",
        arguments: recipientsRefused
    )
    func checkRecipientsRefused(row: TransactionRow) throws { try row.check() }

    static let allOrNothing = [
        TransactionRow(
            all,
            "MAIL 250 RCPT 250 RCPT 550",
            "notAccepted rcpt",
            "refusedPermanently 550 rcpt",
            "notAccepted rcpt",
            failure: (.recipientsRefused, .rcpt, 550),
            flags: [.needsReset]
        ),
        TransactionRow(
            all,
            "MAIL 250 RCPT 250 RCPT 250 DATA 354 content 250",
            "accepted 250 finalReply",
            "accepted 250 finalReply"
        ),
        TransactionRow(
            all,
            "MAIL 250 RCPT 250 RCPT 452",
            "notAccepted rcpt",
            "refusedTemporarily 452 rcpt",
            failure: (.recipientsRefused, .rcpt, 452),
            flags: [.needsReset]
        ),
    ]

    @Test(
        "Q47 all or nothing: one refused recipient ends it, and refuses only itself",
        arguments: allOrNothing
    )
    func checkAllOrNothing(row: TransactionRow) throws { try row.check() }

    static let tooMany = [
        // The rest is not even asked for: the server would say the same.
        TransactionRow(
            plan,
            "MAIL 250 RCPT 250 RCPT 452 DATA 354 content 250",
            "accepted 250 finalReply",
            "deferred",
            "deferred"
        ),
        TransactionRow(
            plan,
            "MAIL 250 RCPT 250 RCPT 452/4.5.3 DATA 354 content 250",
            "accepted 250 finalReply",
            "deferred"
        ),
        TransactionRow(
            plan,
            "MAIL 250 RCPT 250 RCPT 552 DATA 354 content 250",
            "accepted 250 finalReply",
            "deferred"
        ),
        TransactionRow(
            plan,
            "MAIL 250 RCPT 250 RCPT 552/5.5.3 DATA 354 content 250",
            "accepted 250 finalReply",
            "deferred"
        ),
        // Another enhanced code: it is about this recipient.
        TransactionRow(
            plan,
            "MAIL 250 RCPT 250 RCPT 452/4.3.1 RCPT 552/5.2.2 DATA 354 content 250",
            "accepted 250 finalReply",
            "refusedTemporarily 452 rcpt",
            "refusedPermanently 552 rcpt"
        ),
        // Nobody was accepted yet, so it cannot mean too many.
        TransactionRow(
            plan,
            "MAIL 250 RCPT 452/4.5.3 RCPT 552 RCPT 250 DATA 354 content 250",
            "refusedTemporarily 452 rcpt",
            "refusedPermanently 552 rcpt",
            "accepted 250 finalReply"
        ),
        // When the others fail, they fail too.
        TransactionRow(
            plan,
            "MAIL 250 RCPT 250 RCPT 452 DATA 354 content 550",
            "refusedPermanently 550 finalReply",
            "refusedPermanently 550 finalReply",
            failure: (.dataRefused, .finalReply, 550)
        ),
    ]

    @Test(
        "R5321-4.5.3.1.10-1 R5321-4.5.3.1.8-1 Q48 R1870-4 too many recipients: the rest later",
        arguments: tooMany
    )
    func checkTooMany(row: TransactionRow) throws { try row.check() }

    static let dataRefused = [
        TransactionRow(
            plan,
            "MAIL 250 RCPT 250 DATA 451",
            "refusedTemporarily 451 data",
            failure: (.dataRefused, .data, 451),
            flags: [.needsReset]
        ),
        TransactionRow(
            plan,
            "MAIL 250 RCPT 250 RCPT 550 DATA 554",
            "refusedPermanently 554 data",
            "refusedPermanently 550 rcpt",
            failure: (.dataRefused, .data, 554),
            flags: [.needsReset]
        ),
        TransactionRow(
            plan,
            "MAIL 250 RCPT 250 DATA 354 content 552",
            "refusedPermanently 552 finalReply",
            failure: (.dataRefused, .finalReply, 552)
        ),
        TransactionRow(
            plan,
            "MAIL 250 RCPT 250 DATA 354 content 452",
            "refusedTemporarily 452 finalReply",
            failure: (.dataRefused, .finalReply, 452)
        ),
    ]

    @Test(
        "R5321-4.1.1.4-1 R1870-4 R2920-6 Q55 the message is refused, at DATA or at its end",
        arguments: dataRefused
    )
    func checkDataRefused(row: TransactionRow) throws { try row.check() }

    static let unexpected = [
        TransactionRow(
            plan,
            "MAIL 250 RCPT 250 DATA 250",
            "notAccepted data",
            failure: (.unexpectedReply, .data, 250),
            flags: [.mustClose]
        ),
        TransactionRow(
            plan,
            "MAIL 250 RCPT 250 DATA 334",
            "notAccepted data",
            failure: (.unexpectedReply, .data, 334),
            flags: [.mustClose]
        ),
        TransactionRow(
            plan,
            "MAIL 354",
            "notAccepted mail",
            failure: (.unexpectedReply, .mail, 354),
            flags: [.mustClose]
        ),
        TransactionRow(
            plan,
            "MAIL 250 RCPT 354",
            "notAccepted rcpt",
            failure: (.unexpectedReply, .rcpt, 354),
            flags: [.mustClose]
        ),
        // The content is out and this is no verdict.
        TransactionRow(
            plan,
            "MAIL 250 RCPT 250 DATA 354 content 354",
            "unknown finalReply",
            failure: (.unexpectedReply, .finalReply, 354),
            flags: [.mustClose]
        ),
        TransactionRow(
            lenient,
            "MAIL 250 RCPT 250 DATA 251",
            "notAccepted data",
            failure: (.unexpectedReply, .data, 251),
            flags: [.mustClose]
        ),
    ]

    @Test(
        "R5321-4.1.1.4-1 R5321-4.2.3-1 Q50 a 2yz is no permission, a 3yz no completion",
        arguments: unexpected
    )
    func checkUnexpected(row: TransactionRow) throws { try row.check() }

    @Test("Q50 250 to DATA counts as 354 where the caller says so")
    func lenientData() throws {
        try TransactionRow(
            Self.lenient,
            "MAIL 250 RCPT 250 DATA 250 content 250",
            "accepted 250 finalReply"
        ).check()
    }

    static let resets = [
        TransactionRow(reset, "RSET 250 MAIL 250 RCPT 250 DATA 354 content 250", "accepted 250 finalReply"),
        // The connection is of no use, but nobody refused the message.
        TransactionRow(
            reset,
            "RSET 502",
            "notAccepted reset",
            failure: (.resetRefused, .reset, 502),
            flags: [.mustClose]
        ),
        TransactionRow(
            reset,
            "RSET 451",
            "notAccepted reset",
            failure: (.resetRefused, .reset, 451),
            flags: [.mustClose]
        ),
        TransactionRow(
            reset,
            "RSET 354",
            "notAccepted reset",
            failure: (.resetRefused, .reset, 354),
            flags: [.mustClose]
        ),
    ]

    @Test("R5321-4.1.1.5-1 Q40 RSET first where the last transaction may be open", arguments: resets)
    func checkReset(row: TransactionRow) throws { try row.check() }
}
