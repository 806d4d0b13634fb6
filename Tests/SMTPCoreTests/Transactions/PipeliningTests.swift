import SMTPCore
import Testing

/// Groups of commands (RFC 2920).
@Suite("Transactions: pipelining")
struct PipeliningTests {
    private static let envelope = TransactionPlan(pipelining: .envelope)
    private static let group = TransactionPlan(pipelining: .transaction)
    private static let all = TransactionPlan(pipelining: .transaction, requiresAllRecipients: true)
    private static let reset = TransactionPlan(pipelining: .transaction, beginsWithReset: true)

    static let groups = [
        TransactionRow(envelope, "MAIL+RCPT 250 250 DATA 354 content 250", "accepted 250 finalReply"),
        TransactionRow(
            envelope,
            "MAIL+RCPT+RCPT 250 250 250 DATA 354 content 250",
            "accepted 250 finalReply",
            "accepted 250 finalReply"
        ),
        TransactionRow(group, "MAIL+RCPT+DATA 250 250 354 content 250", "accepted 250 finalReply"),
        TransactionRow(
            group,
            "MAIL+RCPT+RCPT+DATA 250 250 251 354 content 250",
            "accepted 250 finalReply",
            "accepted 250 finalReply"
        ),
        TransactionRow(reset, "RSET+MAIL+RCPT+DATA 250 250 250 354 content 250", "accepted 250 finalReply"),
        // Once DATA is out a refused recipient could not stop the others.
        TransactionRow(all, "MAIL+RCPT 250 250 DATA 354 content 250", "accepted 250 finalReply"),
    ]

    @Test("R2920-2 DATA ends a group, RSET, MAIL and RCPT stand anywhere in it", arguments: groups)
    func checkGroups(row: TransactionRow) throws { try row.check() }

    static let counted = [
        TransactionRow(
            group,
            "MAIL+RCPT+RCPT+RCPT+DATA 250 550 250 450 354 content 250",
            "refusedPermanently 550 rcpt",
            "accepted 250 finalReply",
            "refusedTemporarily 450 rcpt"
        ),
        TransactionRow(
            envelope,
            "MAIL+RCPT+RCPT 250 250 550/5.1.1 DATA 354 content 451",
            "refusedTemporarily 451 finalReply",
            "refusedPermanently 550 rcpt",
            failure: (.dataRefused, .finalReply, 451)
        ),
        // The text says something about another command; only the place counts.
        TransactionRow(
            group,
            "MAIL+RCPT+RCPT+DATA 250 550/r1@example.org 250/r0@example.org 354 content 250",
            "refusedPermanently 550 rcpt",
            "accepted 250 finalReply"
        ),
    ]

    @Test("R2920-4 every reply is looked at, and belongs to the command of its place", arguments: counted)
    func checkCounted(row: TransactionRow) throws { try row.check() }

    static let owedTerminators = [
        TransactionRow(
            group,
            "MAIL+RCPT+DATA 250 550 354 . 554",
            "refusedPermanently 550 rcpt",
            failure: (.recipientsRefused, .rcpt, 550),
            flags: [.needsReset]
        ),
        TransactionRow(
            group,
            "MAIL+RCPT+RCPT+DATA 250 450 550 354 . 503",
            "refusedTemporarily 450 rcpt",
            "refusedPermanently 550 rcpt",
            failure: (.recipientsRefused, .rcpt, 550),
            flags: [.needsReset]
        ),
        TransactionRow(
            group,
            "MAIL+RCPT+DATA 550 503 354 . 554",
            "refusedPermanently 550 mail",
            failure: (.senderRefused, .mail, 550)
        ),
        TransactionRow(
            group,
            "MAIL+RCPT+DATA 250 550 354 . 421",
            "refusedPermanently 550 rcpt",
            failure: (.recipientsRefused, .rcpt, 550),
            flags: [.mustClose]
        ),
        // An empty message was accepted: groups are not for this server.
        TransactionRow(
            group,
            "MAIL+RCPT+DATA 250 550 354 . 250",
            "refusedPermanently 550 rcpt",
            failure: (.recipientsRefused, .rcpt, 550),
            flags: [.needsReset, .distrustsPipelining]
        ),
        // It still waits for content, or what does it wait for?
        TransactionRow(
            group,
            "MAIL+RCPT+DATA 250 550 354 . 354",
            "refusedPermanently 550 rcpt",
            failure: (.recipientsRefused, .rcpt, 550),
            flags: [.mustClose]
        ),
    ]

    @Test(
        "R2920-5 354 although nobody was accepted: a lone dot, its reply, failure",
        arguments: owedTerminators
    )
    func owedTerminator(row: TransactionRow) throws { try row.check() }

    @Test(
        "R2920-5 the failure notes an empty message that was accepted",
        arguments: [(250, true), (554, false)]
    )
    func emptyMessage(code: Int, isAccepted: Bool) throws {
        var run = try DialogueRun(Self.group, recipients: 1, dialogue: "MAIL+RCPT+DATA 250 550 354 . \(code)")
        try run.carryOut()
        #expect(run.result.failure?.acceptedEmptyMessage == isAccepted)
        #expect(run.result.finalReply == nil)
    }

    static let dataRefused = [
        TransactionRow(
            group,
            "MAIL+RCPT+DATA 250 250 451",
            "refusedTemporarily 451 data",
            failure: (.dataRefused, .data, 451),
            flags: [.needsReset]
        ),
        TransactionRow(
            group,
            "MAIL+RCPT+RCPT+DATA 250 250 550 554",
            "refusedPermanently 554 data",
            "refusedPermanently 550 rcpt",
            failure: (.dataRefused, .data, 554),
            flags: [.needsReset]
        ),
    ]

    @Test("R2920-6 DATA refused while recipients were accepted", arguments: dataRefused)
    func checkDataRefused(row: TransactionRow) throws { try row.check() }

    static let noRecipients = [
        TransactionRow(
            group,
            "MAIL+RCPT+DATA 250 550 554",
            "refusedPermanently 550 rcpt",
            failure: (.recipientsRefused, .rcpt, 550),
            flags: [.needsReset]
        ),
        TransactionRow(
            group,
            "MAIL+RCPT+DATA 250 550 503",
            "refusedPermanently 550 rcpt",
            failure: (.recipientsRefused, .rcpt, 550),
            flags: [.needsReset]
        ),
        TransactionRow(
            group,
            "MAIL+RCPT+DATA 250 550 250",
            "refusedPermanently 550 rcpt",
            failure: (.recipientsRefused, .rcpt, 550),
            flags: [.mustClose]
        ),
        TransactionRow(
            envelope,
            "MAIL+RCPT 250 550",
            "refusedPermanently 550 rcpt",
            failure: (.recipientsRefused, .rcpt, 550),
            flags: [.needsReset]
        ),
    ]

    @Test(
        "R5321-4.2.3-2 554 or 503 to DATA only says again that nobody was accepted",
        arguments: noRecipients
    )
    func checkNoRecipients(row: TransactionRow) throws { try row.check() }

    static let senderRefused = [
        TransactionRow(
            group,
            "MAIL+RCPT+RCPT+DATA 550 503 503 503",
            "refusedPermanently 550 mail",
            "refusedPermanently 550 mail",
            failure: (.senderRefused, .mail, 550)
        ),
        TransactionRow(
            envelope,
            "MAIL+RCPT+RCPT 451 503 250",
            "refusedTemporarily 451 mail",
            "refusedTemporarily 451 mail",
            failure: (.senderRefused, .mail, 451)
        ),
    ]

    @Test("R2920-8 MAIL refused: the replies behind it are consequences", arguments: senderRefused)
    func checkSenderRefused(row: TransactionRow) throws { try row.check() }

    static let tooMany = [
        TransactionRow(
            group,
            "MAIL+RCPT+RCPT+RCPT+DATA 250 250 452 452 354 content 250",
            "accepted 250 finalReply",
            "deferred",
            "deferred"
        ),
        TransactionRow(
            envelope,
            "MAIL+RCPT+RCPT+RCPT 250 250 552/5.5.3 550 DATA 354 content 250",
            "accepted 250 finalReply",
            "deferred",
            "refusedPermanently 550 rcpt"
        ),
        TransactionRow(
            all,
            "MAIL+RCPT+RCPT 250 250 452",
            "notAccepted rcpt",
            "refusedTemporarily 452 rcpt",
            failure: (.recipientsRefused, .rcpt, 452),
            flags: [.needsReset]
        ),
    ]

    @Test("R5321-4.5.3.1.10-1 Q48 too many recipients in a group", arguments: tooMany)
    func checkTooMany(row: TransactionRow) throws { try row.check() }

    static let broken = [
        TransactionRow(
            envelope,
            "MAIL+RCPT+RCPT 250 250 503 DATA 354 content 250",
            "accepted 250 finalReply",
            "refusedPermanently 503 rcpt",
            flags: [.distrustsPipelining]
        ),
        TransactionRow(
            group,
            "MAIL+RCPT+DATA 250 250 503",
            "refusedPermanently 503 data",
            failure: (.dataRefused, .data, 503),
            flags: [.needsReset, .distrustsPipelining]
        ),
        TransactionRow(
            TransactionPlan(),
            "MAIL 250 RCPT 250 DATA 503",
            "refusedPermanently 503 data",
            failure: (.dataRefused, .data, 503),
            flags: [.needsReset]
        ),
    ]

    @Test(
        "Q51 a complaint about the sequence hints that groups are too much for this server",
        arguments: broken
    )
    func checkBroken(row: TransactionRow) throws { try row.check() }
}
