import MailAddress
import NIOCore
import SMTPCore
import Testing

@Suite("Transactions: what is written")
struct TransactionEncodingTests {
    private func written(_ plan: TransactionPlan, _ parameters: [ESMTPParameter] = []) throws -> String {
        var transaction = try Transaction(
            sender: ReversePath("a@bücher.example"),
            parameters: parameters,
            recipients: [
                Recipient(try ForwardPath("ü@bücher.example")), Recipient(.postmaster),
            ],
            recipientParameters: [[], [try ESMTPParameter("NOTIFY", value: "NEVER")]],
            plan: plan
        )
        guard case .write(let bytes, _) = transaction.next() else { return "" }
        return bytes.text
    }

    @Test("R6531-3 U-labels under SMTPUTF8")
    func smtpUTF8() throws {
        let plan = TransactionPlan(pipelining: .transaction, beginsWithReset: true)
        #expect(
            try self.written(plan, [ESMTPParameter("SMTPUTF8")]) == """
                RSET\r
                MAIL FROM:<a@bücher.example> SMTPUTF8\r
                RCPT TO:<ü@bücher.example>\r
                RCPT TO:<Postmaster> NOTIFY=NEVER\r
                DATA\r

                """
        )
    }

    @Test("R6531-1 Q60 R5321-4.1.1.3-1 a recipient that cannot be sent is found before anything is written")
    func nothingWritten() throws {
        let error = #expect(throws: CommandError.self) { try self.written(TransactionPlan()) }
        #expect(error?.reason == .nonASCII)
        #expect(error?.argument == "RCPT TO path")
    }

    @Test("R5321-4.5.3.1.4-1 so is a command that is too long")
    func tooLong() throws {
        let parameter = try ESMTPParameter("X", value: String(repeating: "x", count: 600))
        let error = #expect(throws: CommandError.self) {
            try Transaction(sender: .null, parameters: [parameter], recipients: [], plan: TransactionPlan())
        }
        #expect(error?.reason == .tooLong(limit: 512))
    }

    static let plans: [(TransactionPlan, PipeliningLevel, TransactionPlan.ContentCommand)] = [
        (TransactionPlan(pipelining: .transaction), .transaction, .data),
        (TransactionPlan(pipelining: .transaction, requiresAllRecipients: true), .envelope, .data),
        (TransactionPlan(pipelining: .disabled, requiresAllRecipients: true), .disabled, .data),
        (
            TransactionPlan(
                pipelining: .transaction,
                contentCommand: .bdat(atOnce: true),
                requiresAllRecipients: true
            ),
            .envelope, .bdat(atOnce: false)
        ),
    ]

    @Test(
        "Q47 where all recipients are required nothing goes out that would decide for some",
        arguments: plans
    )
    func plan(
        plan: TransactionPlan,
        pipelining: PipeliningLevel,
        contentCommand: TransactionPlan.ContentCommand
    ) {
        #expect(plan.pipelining == pipelining)
        #expect(plan.contentCommand == contentCommand)
    }
}
