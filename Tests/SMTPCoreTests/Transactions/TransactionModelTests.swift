import SMTPCore
import Testing

/// Every combination of 250, 354, 421, 452, 550 and 503 at every place where a reply is read.
@Suite("Transactions: every combination of replies")
struct TransactionModelTests {
    struct Shape: Sendable, CustomTestStringConvertible {
        let flavour: Flavour
        let pipelining: PipeliningLevel
        let contentCommand: TransactionPlan.ContentCommand
        let requiresAllRecipients: Bool

        var testDescription: String {
            "\(self.flavour) \(self.pipelining) \(self.contentCommand)"
                + (self.requiresAllRecipients ? " all" : "")
        }
    }

    static let shapes = [Flavour.smtp, .lmtp].flatMap { flavour in
        PipeliningLevel.allCases.flatMap { pipelining in
            [TransactionPlan.ContentCommand.data, .bdat(atOnce: true), .bdat(atOnce: false)].flatMap {
                command in
                [false, true].map { all in
                    Shape(
                        flavour: flavour,
                        pipelining: pipelining,
                        contentCommand: command,
                        requiresAllRecipients: all
                    )
                }
            }
        }
    }

    /// Recipients, whether RSET goes first, and chunks before the last.
    static let sizes = [(1, true, 0), (1, false, 1), (2, false, 0), (3, false, 0)]

    @Test(
        "R5321-4.1.1.4-1 R2033-2 R2920-4 R2920-5 R3030-2 R3030-3 whatever is replied, it ends rightly",
        arguments: shapes,
        sizes
    )
    func exhaustive(shape: Shape, size: (recipients: Int, reset: Bool, chunks: Int)) throws {
        let plan = TransactionPlan(
            flavour: shape.flavour,
            pipelining: shape.pipelining,
            contentCommand: shape.contentCommand,
            requiresAllRecipients: shape.requiresAllRecipients,
            beginsWithReset: size.reset
        )
        var run = try ModelRun(plan, recipients: size.recipients, chunks: size.chunks)
        var violations: [String] = []
        let ends = run.explore(&violations)
        #expect(violations.isEmpty)
        // At least the alphabet at MAIL, and behind an accepted MAIL at RCPT.
        #expect(ends >= 11)
    }
}
