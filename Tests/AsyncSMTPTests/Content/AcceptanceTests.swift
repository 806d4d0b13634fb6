import SMTPCore
import Testing

@testable import AsyncSMTP

@Suite("Content: what an error says about the message")
struct AcceptanceTests {
    /// What an error is made from, and what it must say.
    struct Row: Sendable, CustomTestStringConvertible {
        let code: SMTPError.Code
        var reply: Int?
        var outcomes: [RecipientOutcome.Disposition] = []
        let acceptance: Acceptance
        let advice: RetryAdvice

        var testDescription: String {
            "\(self.code) \(self.reply.map(String.init) ?? "") \(self.outcomes.map(\.rawValue))"
        }

        func error() throws -> SMTPError {
            let reply = try self.reply.map { Reply(code: try #require(ReplyCode($0)), text: []) }
            var recipients: [RecipientOutcome] = []
            for (index, disposition) in self.outcomes.enumerated() {
                recipients.append(
                    RecipientOutcome(
                        recipient: try ForwardPath("r\(index)@server.example"),
                        disposition: disposition,
                        reply: nil,
                        stage: .finalReply
                    )
                )
            }
            return SMTPError(self.code, "test", stage: .finalReply, reply: reply, recipients: recipients)
        }
    }

    /// Errors without a reply or an outcome: nothing was accepted.
    static let withoutReply: [Row] =
        [
            SMTPError.Code.invalidArgument, .invalidMessage, .contentSourceFailed, .hostUnknown,
            .noAuthenticationMechanism, .authenticationNeedsEncryption, .authenticationFailed, .notSupported,
            .messageTooLarge, .badSequence,
        ].map { Row(code: $0, acceptance: .notAccepted, advice: .doNotRetry) }
        + [
            SMTPError.Code.cannotConnect, .disconnected, .serverClosing, .malformedReply, .unexpectedReply,
            .unsolicitedData, .timedOut, .cancelled, .closed,
        ].map { Row(code: $0, acceptance: .notAccepted, advice: .retryOnNewConnection) }

    /// The server's reply decides.
    static let withReply: [Row] = [
        SMTPError.Code.greetingRefused, .helloRefused, .authenticationFailed, .senderRefused,
        .recipientsRefused, .dataRefused, .commandRefused,
    ].flatMap { code in
        [
            Row(code: code, reply: 450, acceptance: .refusedTemporarily, advice: .retryLater),
            Row(code: code, reply: 421, acceptance: .refusedTemporarily, advice: .retryLater),
            Row(code: code, reply: 550, acceptance: .refusedPermanently, advice: .doNotRetry),
        ]
    }

    static let others: [Row] = [
        Row(code: .serverClosing, reply: 421, acceptance: .refusedTemporarily, advice: .retryOnNewConnection),
        Row(
            code: .unexpectedReply,
            reply: 354,
            acceptance: .notAccepted,
            advice: .retryOnNewConnection
        ),
        Row(
            code: .recipientsRefused,
            reply: 550,
            outcomes: [.refusedPermanently, .refusedPermanently],
            acceptance: .refusedPermanently,
            advice: .doNotRetry
        ),
        Row(
            code: .dataRefused,
            reply: 451,
            outcomes: [.refusedPermanently, .refusedTemporarily],
            acceptance: .refusedTemporarily,
            advice: .retryLater
        ),
        Row(
            code: .contentSourceFailed,
            outcomes: [.notAccepted, .refusedPermanently],
            acceptance: .notAccepted,
            advice: .doNotRetry
        ),
    ]

    /// S-E8.1: once the last octet is out and no final reply is here, nobody knows.
    static let unknown: [Row] = [
        SMTPError.Code.disconnected, .timedOut, .cancelled, .malformedReply, .unexpectedReply, .serverClosing,
        .closed,
    ].flatMap { code in
        [
            Row(code: code, outcomes: [.unknown], acceptance: .unknown, advice: .mayDuplicate),
            Row(
                code: code,
                outcomes: [.accepted, .unknown, .refusedPermanently],
                acceptance: .unknown,
                advice: .mayDuplicate
            ),
            Row(
                code: code,
                outcomes: [.accepted, .refusedTemporarily],
                acceptance: .partly,
                advice: .mayDuplicate
            ),
        ]
    }

    @Test(
        "S-E8.1 acceptance and advice",
        arguments: Self.withoutReply + Self.withReply + Self.others + Self.unknown
    )
    func table(row: Row) throws {
        let error = try row.error()
        #expect(error.acceptance == row.acceptance)
        #expect(error.retryAdvice == row.advice)
        #expect(error.description.hasPrefix("\(row.code) (finalReply): test"))
        #expect(error.description.hasSuffix(row.acceptance.rawValue))
    }
}
