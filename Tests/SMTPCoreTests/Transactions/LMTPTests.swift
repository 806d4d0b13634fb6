import SMTPCore
import Testing

/// A final reply for each accepted recipient (RFC 2033).
@Suite("Transactions: LMTP")
struct LMTPTests {
    private static let plan = TransactionPlan(flavour: .lmtp)
    private static let group = TransactionPlan(flavour: .lmtp, pipelining: .transaction)
    private static let chunked = TransactionPlan(flavour: .lmtp, contentCommand: .bdat(atOnce: false))
    private static let flight = TransactionPlan(
        flavour: .lmtp,
        pipelining: .transaction,
        contentCommand: .bdat(atOnce: true)
    )

    static let perRecipient = [
        TransactionRow(plan, "MAIL 250 RCPT 250 DATA 354 content 250", "accepted 250 finalReply"),
        TransactionRow(
            plan,
            "MAIL 250 RCPT 250 RCPT 250 RCPT 250 DATA 354 content 250 550 451",
            "accepted 250 finalReply",
            "refusedPermanently 550 finalReply",
            "refusedTemporarily 451 finalReply"
        ),
        TransactionRow(
            plan,
            "MAIL 250 RCPT 250 RCPT 550 RCPT 250 DATA 354 content 451 250",
            "refusedTemporarily 451 finalReply",
            "refusedPermanently 550 rcpt",
            "accepted 250 finalReply"
        ),
        TransactionRow(
            group,
            "MAIL+RCPT+RCPT+RCPT+DATA 250 550 250 250 354 content 250 552",
            "refusedPermanently 550 rcpt",
            "accepted 250 finalReply",
            "refusedPermanently 552 finalReply"
        ),
        TransactionRow(
            group,
            "MAIL+RCPT+RCPT+DATA 250 250 452 354 content 250",
            "accepted 250 finalReply",
            "deferred"
        ),
    ]

    @Test(
        "R2033-2 R2033-5 Q70 a final reply for each accepted recipient, in the order of RCPT",
        arguments: perRecipient
    )
    func checkPerRecipient(row: TransactionRow) throws { try row.check() }

    static let nobody = [
        TransactionRow(
            plan,
            "MAIL 250 RCPT 250 RCPT 250 DATA 354 content 550 451",
            "refusedPermanently 550 finalReply",
            "refusedTemporarily 451 finalReply",
            failure: (.dataRefused, .finalReply, 451)
        )
    ]

    @Test("R2033-5 Q70 nobody took the message: that is a failure", arguments: nobody)
    func checkNobody(row: TransactionRow) throws { try row.check() }

    static let dataRefused = [
        TransactionRow(
            plan,
            "MAIL 250 RCPT 250 RCPT 250 DATA 451",
            "refusedTemporarily 451 data",
            "refusedTemporarily 451 data",
            failure: (.dataRefused, .data, 451),
            flags: [.needsReset]
        ),
        TransactionRow(
            group,
            "MAIL+RCPT+RCPT+DATA 250 550 550 503",
            "refusedPermanently 550 rcpt",
            "refusedPermanently 550 rcpt",
            failure: (.recipientsRefused, .rcpt, 550),
            flags: [.needsReset]
        ),
        TransactionRow(
            group,
            "MAIL+RCPT+RCPT+DATA 550 503 503 503",
            "refusedPermanently 550 mail",
            "refusedPermanently 550 mail",
            failure: (.senderRefused, .mail, 550)
        ),
    ]

    @Test("R2033-3 DATA refused: one reply, whatever the recipients", arguments: dataRefused)
    func checkDataRefused(row: TransactionRow) throws { try row.check() }

    static let chunks = [
        TransactionRow(
            chunked,
            "MAIL 250 RCPT 250 RCPT 250 chunk 250 chunk 250 content 250 550",
            "accepted 250 finalReply",
            "refusedPermanently 550 finalReply",
            flags: [.needsReset]
        ),
        TransactionRow(
            flight,
            "MAIL+RCPT+RCPT+RCPT chunk content 250 250 550 250 250 250 250",
            "accepted 250 finalReply",
            "refusedPermanently 550 rcpt",
            "accepted 250 finalReply"
        ),
        TransactionRow(
            flight,
            "MAIL+RCPT+RCPT content 250 550 550 503",
            "refusedPermanently 550 rcpt",
            "refusedPermanently 550 rcpt",
            failure: (.recipientsRefused, .rcpt, 550),
            flags: [.needsReset]
        ),
        TransactionRow(
            chunked,
            "MAIL 250 RCPT 250 RCPT 250 chunk 452 abandoned",
            "refusedTemporarily 452 content",
            "refusedTemporarily 452 content",
            failure: (.dataRefused, .content, 452),
            flags: [.needsReset]
        ),
    ]

    @Test("R3030-7 one reply to each chunk, and one for each recipient to the last", arguments: chunks)
    func checkChunks(row: TransactionRow) throws { try row.check() }

    @Test("R2033-8 Q70 a transaction knows nothing of the recipients of the one before")
    func nothingKept() throws {
        for recipients in [3, 1] {
            var run = try DialogueRun(
                Self.group,
                recipients: recipients,
                dialogue: (["MAIL"] + Array(repeating: "RCPT", count: recipients) + ["DATA"]).joined(
                    separator: "+"
                )
                    + String(repeating: " 250", count: recipients + 1) + " 354 content"
                    + String(repeating: " 250", count: recipients)
            )
            try run.carryOut()
            #expect(
                run.result.recipients.map(\.disposition) == Array(repeating: .accepted, count: recipients)
            )
        }
    }

    static let counts: [(Flavour, replies: [Int], count: Int)] = [
        (.lmtp, [250, 250, 250, 250], 3), (.lmtp, [250, 250, 550, 250], 2), (.lmtp, [250], 3),
        (.lmtp, [250, 550], 2),
        (.lmtp, [250, 550, 550, 550], 1), (.smtp, [250, 250, 250, 250], 1), (.smtp, [], 1), (.lmtp, [], 3),
    ]

    @Test("R2033-2 as many replies are expected behind the content as may come", arguments: counts)
    func finalReplyCount(flavour: Flavour, replies: [Int], count: Int) throws {
        let plan = TransactionPlan(
            flavour: flavour,
            pipelining: .transaction,
            contentCommand: .bdat(atOnce: true)
        )
        var transaction = try DialogueRun.transaction(plan, recipients: 3)
        _ = transaction.next()
        for reply in replies { transaction.receive(try ReplyReader.reply("\(reply)\r\n")) }
        #expect(transaction.finalReplyCount == count)
    }

    @Test("R2033-2 the same recipient twice is one RCPT, the domain in any case")
    func duplicates() throws {
        let texts = [
            "a@example.org", "A@example.org", "a@EXAMPLE.org", "b@example.org", "\"a\"@example.org",
            "postmaster",
        ]
        let envelope = try Envelope(from: "", to: texts + ["Postmaster"])
        #expect(
            envelope.uniqueRecipients.map(\.path.description) == [
                "<a@example.org>", "<A@example.org>", "<b@example.org>", "<Postmaster>",
            ]
        )
    }
}
