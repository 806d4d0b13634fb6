import SMTPCore
import Testing

/// 421 at every place, and connections lost at every place.
@Suite("Transactions: the server goes")
struct ClosingTests {
    private static let plan = TransactionPlan()
    private static let group = TransactionPlan(pipelining: .transaction)
    private static let lmtp = TransactionPlan(flavour: .lmtp)

    private static func closing(
        _ plan: TransactionPlan,
        _ dialogue: String,
        _ stage: Stage,
        _ outcome: String = ""
    ) -> TransactionRow {
        TransactionRow(
            plan,
            dialogue,
            outcome.isEmpty ? "refusedTemporarily 421 \(stage)" : outcome,
            failure: (.serverClosing, stage, 421),
            flags: [.mustClose]
        )
    }

    static let closing = [
        closing(TransactionPlan(beginsWithReset: true), "RSET 421", .reset),
        closing(plan, "MAIL 421", .mail),
        closing(plan, "MAIL 250 RCPT 421", .rcpt),
        closing(plan, "MAIL 250 RCPT 250 DATA 421", .data),
        closing(plan, "MAIL 250 RCPT 250 DATA 354 content 421", .finalReply),
        closing(plan, "MAIL 250 RCPT 250 DATA 354 early 421", .content),
        closing(group, "MAIL+RCPT+DATA 421", .mail),
        closing(group, "MAIL+RCPT+DATA 250 421", .rcpt),
        closing(group, "MAIL+RCPT+DATA 250 250 421", .data),
        TransactionRow(
            plan,
            "MAIL 250 RCPT 250 RCPT 550 RCPT 421",
            "refusedTemporarily 421 rcpt",
            "refusedPermanently 550 rcpt",
            "refusedTemporarily 421 rcpt",
            "refusedTemporarily 421 rcpt",
            failure: (.serverClosing, .rcpt, 421),
            flags: [.mustClose]
        ),
        // The first failure is the cause.
        TransactionRow(
            group,
            "MAIL+RCPT+DATA 550 421",
            "refusedPermanently 550 mail",
            failure: (.senderRefused, .mail, 550),
            flags: [.mustClose]
        ),
    ]

    @Test("R5321-3.8-1 Q44 421 to any command: temporary, close, nothing more is sent", arguments: closing)
    func checkClosing(row: TransactionRow) throws { try row.check() }

    static let lmtpClosing = [
        TransactionRow(
            lmtp,
            "MAIL 250 RCPT 250 RCPT 250 RCPT 250 DATA 354 content 250 421",
            "accepted 250 finalReply",
            "refusedTemporarily 421 finalReply",
            "refusedTemporarily 421 finalReply",
            failure: (.serverClosing, .finalReply, 421),
            flags: [.mustClose]
        ),
        TransactionRow(
            lmtp,
            "MAIL 250 RCPT 250 RCPT 550 RCPT 250 DATA 354 content 550 421",
            "refusedPermanently 550 finalReply",
            "refusedPermanently 550 rcpt",
            "refusedTemporarily 421 finalReply",
            failure: (.serverClosing, .finalReply, 421),
            flags: [.mustClose]
        ),
    ]

    @Test("R2033-7 421 in place of one of the final replies is for all that are left", arguments: lmtpClosing)
    func checkLmtpClosing(row: TransactionRow) throws { try row.check() }

    /// The flags are those of a connection that is still there; whoever lost it does not ask.
    static let lost = [
        TransactionRow(plan, "MAIL", "notAccepted mail"),
        TransactionRow(plan, "MAIL 250 RCPT", "notAccepted rcpt", flags: [.needsReset]),
        TransactionRow(plan, "MAIL 250 RCPT 250 DATA", "notAccepted data", flags: [.needsReset]),
        TransactionRow(plan, "MAIL 250 RCPT 250 DATA 354 lost", "notAccepted content", flags: [.needsReset]),
        TransactionRow(
            plan,
            "MAIL 250 RCPT 250 DATA 354 content lost",
            "notAccepted finalReply",
            flags: [.needsReset]
        ),
        TransactionRow(
            plan,
            "MAIL 250 RCPT 250 DATA 354 content",
            "unknown finalReply",
            flags: [.needsReset]
        ),
        TransactionRow(
            plan,
            "MAIL 250 RCPT 250 RCPT 550 DATA 354 content",
            "unknown finalReply",
            "refusedPermanently 550 rcpt",
            flags: [.needsReset]
        ),
        TransactionRow(
            lmtp,
            "MAIL 250 RCPT 250 RCPT 250 RCPT 250 DATA 354 content 250 550",
            "accepted 250 finalReply",
            "refusedPermanently 550 finalReply",
            "unknown finalReply"
        ),
        TransactionRow(
            lmtp,
            "MAIL 250 RCPT 250 RCPT 250 DATA 354 content 250 lost",
            "accepted 250 finalReply",
            "notAccepted finalReply"
        ),
        TransactionRow(
            TransactionPlan(pipelining: .transaction, contentCommand: .bdat(atOnce: true)),
            "MAIL+RCPT content 250 250",
            "unknown finalReply",
            flags: [.needsReset]
        ),
        // RCPT was not answered: nobody knows what became of it.
        TransactionRow(
            TransactionPlan(pipelining: .transaction, contentCommand: .bdat(atOnce: true)),
            "MAIL+RCPT content",
            "unknown mail"
        ),
        TransactionRow(
            TransactionPlan(pipelining: .transaction, contentCommand: .bdat(atOnce: true)),
            "MAIL+RCPT content lost",
            "notAccepted mail"
        ),
    ]

    @Test(
        "S-E8 R5321-3.8-2 R2033-5 lost before the last octet: not accepted; behind it: unknown",
        arguments: lost
    )
    func checkLost(row: TransactionRow) throws { try row.check() }

    static let early = [
        TransactionRow(
            plan,
            "MAIL 250 RCPT 250 DATA 354 early 552",
            "refusedPermanently 552 content",
            failure: (.dataRefused, .content, 552),
            flags: [.mustClose]
        ),
        TransactionRow(
            plan,
            "MAIL 250 RCPT 250 RCPT 550 DATA 354 early 451",
            "refusedTemporarily 451 content",
            "refusedPermanently 550 rcpt",
            failure: (.dataRefused, .content, 451),
            flags: [.mustClose]
        ),
        TransactionRow(
            plan,
            "MAIL 250 RCPT 250 DATA 354 early 250",
            "notAccepted content",
            failure: (.unexpectedReply, .content, 250),
            flags: [.mustClose]
        ),
    ]

    @Test("Q46 S-E6 a reply before the content is complete ends it without a terminator", arguments: early)
    func checkEarly(row: TransactionRow) throws { try row.check() }

    @Test("S-E5 a reply that nothing was asked for ends the connection")
    func unsolicited() throws {
        var transaction = try DialogueRun.transaction(Self.plan, recipients: 1)
        transaction.receive(try ReplyReader.reply("250 ok\r\n"))
        #expect(transaction.next() == .finish)
        let result = transaction.result(isContentDelivered: false)
        #expect(result.mustClose)
        #expect(result.failure?.reason == .unexpectedReply)
        #expect(result.recipients.map(\.disposition) == [.notAccepted])
    }
}
