import SMTPCore
import Testing

/// BDAT (RFC 3030).
@Suite("Transactions: chunks")
struct ChunkingTests {
    private static let waiting = TransactionPlan(contentCommand: .bdat(atOnce: false))
    private static let lockStep = TransactionPlan(contentCommand: .bdat(atOnce: true))
    private static let envelope = TransactionPlan(pipelining: .envelope, contentCommand: .bdat(atOnce: true))
    private static let flight = TransactionPlan(pipelining: .transaction, contentCommand: .bdat(atOnce: true))
    private static let all = TransactionPlan(
        pipelining: .transaction,
        contentCommand: .bdat(atOnce: true),
        requiresAllRecipients: true
    )
    private static let reset = TransactionPlan(
        pipelining: .transaction,
        contentCommand: .bdat(atOnce: true),
        beginsWithReset: true
    )

    static let accepted = [
        TransactionRow(waiting, "MAIL 250 RCPT 250 content 250", "accepted 250 finalReply"),
        TransactionRow(lockStep, "MAIL 250 RCPT 250 chunk 250 content 250", "accepted 250 finalReply"),
        TransactionRow(
            lockStep,
            "MAIL 250 RCPT 250 chunk chunk content 250 250 250",
            "accepted 250 finalReply"
        ),
        TransactionRow(
            envelope,
            "MAIL+RCPT 250 250 chunk 250 chunk 250 content 250",
            "accepted 250 finalReply"
        ),
        TransactionRow(flight, "MAIL+RCPT content 250 250 250", "accepted 250 finalReply"),
        TransactionRow(flight, "MAIL+RCPT chunk 250 250 250 content 250", "accepted 250 finalReply"),
        TransactionRow(
            flight,
            "MAIL+RCPT chunk chunk content 250 250 250 250 250",
            "accepted 250 finalReply"
        ),
        TransactionRow(reset, "RSET+MAIL+RCPT content 250 250 250 250", "accepted 250 finalReply"),
        TransactionRow(
            flight,
            "MAIL+RCPT+RCPT content 250 550 250 250",
            "refusedPermanently 550 rcpt",
            "accepted 250 finalReply"
        ),
        TransactionRow(
            flight,
            "MAIL+RCPT+RCPT content 250 250 452 250",
            "accepted 250 finalReply",
            "deferred"
        ),
    ]

    @Test("R3030-2 R3030-4 a reply to each chunk, counted, and no DATA among them", arguments: accepted)
    func checkAccepted(row: TransactionRow) throws { try row.check() }

    static let refusedChunks = [
        TransactionRow(
            lockStep,
            "MAIL 250 RCPT 250 chunk 552 abandoned",
            "refusedPermanently 552 content",
            failure: (.dataRefused, .content, 552),
            flags: [.needsReset]
        ),
        TransactionRow(
            lockStep,
            "MAIL 250 RCPT 250 chunk chunk 451 abandoned 503",
            "refusedTemporarily 451 content",
            failure: (.dataRefused, .content, 451),
            flags: [.needsReset]
        ),
        TransactionRow(
            flight,
            "MAIL+RCPT chunk 250 250 503 abandoned",
            "refusedPermanently 503 content",
            failure: (.dataRefused, .content, 503),
            flags: [.needsReset]
        ),
        TransactionRow(
            flight,
            "MAIL+RCPT content 250 250 554",
            "refusedPermanently 554 finalReply",
            failure: (.dataRefused, .finalReply, 554),
            flags: [.needsReset]
        ),
        TransactionRow(
            lockStep,
            "MAIL 250 RCPT 250 chunk 354",
            "notAccepted content",
            failure: (.unexpectedReply, .content, 354),
            flags: [.mustClose]
        ),
    ]

    @Test(
        "R3030-3 R5321-4.2.3-1 after a refused chunk no other, and RSET before the next transaction",
        arguments: refusedChunks
    )
    func refusedChunk(row: TransactionRow) throws {
        guard row.failure?.reason != .unexpectedReply else {
            // Nothing decides what is done with the rest then: the connection is closed.
            try TransactionRow(
                row.plan,
                row.dialogue + " abandoned",
                "notAccepted content",
                failure: (.unexpectedReply, .content, 354),
                flags: row.flags
            ).check()
            return
        }
        try row.check()
    }

    static let refusedEnvelopes = [
        TransactionRow(
            flight,
            "MAIL+RCPT content 550 503 503",
            "refusedPermanently 550 mail",
            failure: (.senderRefused, .mail, 550),
            flags: [.needsReset]
        ),
        TransactionRow(
            flight,
            "MAIL+RCPT content 250 550 503",
            "refusedPermanently 550 rcpt",
            failure: (.recipientsRefused, .rcpt, 550),
            flags: [.needsReset]
        ),
        TransactionRow(
            flight,
            "MAIL+RCPT chunk 250 450 abandoned 503",
            "refusedTemporarily 450 rcpt",
            failure: (.recipientsRefused, .rcpt, 450),
            flags: [.needsReset]
        ),
        TransactionRow(
            waiting,
            "MAIL 250 RCPT 550",
            "refusedPermanently 550 rcpt",
            failure: (.recipientsRefused, .rcpt, 550),
            flags: [.needsReset]
        ),
        TransactionRow(
            waiting,
            "MAIL 550",
            "refusedPermanently 550 mail",
            failure: (.senderRefused, .mail, 550)
        ),
    ]

    @Test(
        "R3030-3 R2920-8 an envelope refused behind whose back chunks went out",
        arguments: refusedEnvelopes
    )
    func refusedEnvelope(row: TransactionRow) throws { try row.check() }

    static let allOrNothing = [
        TransactionRow(
            all,
            "MAIL+RCPT+RCPT 250 250 550",
            "notAccepted rcpt",
            "refusedPermanently 550 rcpt",
            failure: (.recipientsRefused, .rcpt, 550),
            flags: [.needsReset]
        ),
        TransactionRow(all, "MAIL+RCPT 250 250 content 250", "accepted 250 finalReply"),
    ]

    @Test("Q47 all or nothing: no chunk before every recipient is accepted", arguments: allOrNothing)
    func checkAllOrNothing(row: TransactionRow) throws { try row.check() }

    static let lost = [
        // RSET is refused, but what stands behind it was sent and may have been accepted.
        TransactionRow(
            reset,
            "RSET+MAIL+RCPT content 502",
            "unknown reset",
            failure: (.resetRefused, .reset, 502),
            flags: [.mustClose]
        ),
        TransactionRow(
            flight,
            "MAIL+RCPT content 354",
            "unknown mail",
            failure: (.unexpectedReply, .mail, 354),
            flags: [.mustClose]
        ),
        TransactionRow(
            flight,
            "MAIL+RCPT+RCPT content 250 550",
            "refusedPermanently 550 rcpt",
            "unknown rcpt",
            flags: [.needsReset]
        ),
    ]

    @Test("S-E8 what went out in one flight and was not answered is unknown", arguments: lost)
    func checkLost(row: TransactionRow) throws { try row.check() }

    @Test(
        "R3030-2 content follows the envelope at once only in one flight",
        arguments: [
            (PipeliningLevel.disabled, false), (.envelope, false), (.transaction, true),
        ]
    )
    func contentIsNext(pipelining: PipeliningLevel, isNext: Bool) throws {
        let plan = TransactionPlan(pipelining: pipelining, contentCommand: .bdat(atOnce: true))
        var transaction = try DialogueRun.transaction(plan, recipients: 1)
        #expect(!transaction.isContentNext)
        _ = transaction.next()
        #expect(transaction.isContentNext == isNext)
    }
}
