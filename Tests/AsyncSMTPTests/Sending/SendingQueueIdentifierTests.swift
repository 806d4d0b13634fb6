import AsyncSMTP
import SMTPTestServer
import Testing

/// What servers say when they have taken a message.
@Suite("Queue identifiers")
struct SendingQueueIdentifierTests {
    static let replies: [(server: String, reply: [String], identifier: String?)] = [
        ("Postfix", ["250 2.0.0 Ok: queued as 4F2A1B2C3D"], "4F2A1B2C3D"),
        ("Postfix with long names", ["250 2.0.0 Ok: queued as 4XyZ9k2dBbz1h"], "4XyZ9k2dBbz1h"),
        ("Exim", ["250 OK id=1rABCd-0001xy-2Z"], "1rABCd-0001xy-2Z"),
        (
            "Exchange",
            [
                "250 2.6.0 <0123abcd@host.example> [InternalId=12345678901234, Hostname=EX01.example.com] "
                    + "9876 bytes in 0.123, 78.412 KB/sec Queued mail for delivery"
            ],
            "12345678901234"
        ),
        ("Sendmail", ["250 2.0.0 4BCDEF12034567 Message accepted for delivery"], "4BCDEF12034567"),
        (
            "Amazon SES", ["250 Ok 0100018c0a1b2c3d-11112222-3333-4444-5555-666677778888-000000"],
            "0100018c0a1b2c3d-11112222-3333-4444-5555-666677778888-000000"
        ),
        (
            "Gmail", ["250 2.0.0 OK  1700000000 d9443c01a7336-1cf1234567si1234567plb.123 - gsmtp"],
            "d9443c01a7336-1cf1234567si1234567plb.123"
        ),
        ("OpenSMTPD", ["250 2.0.0 a1b2c3d4 Message accepted for delivery"], "a1b2c3d4"),
        ("several lines", ["250-2.0.0 thank you", "250 2.0.0 Ok: queued as 4F2A1B2C3D"], "4F2A1B2C3D"),
        ("somebody terse", ["250 2.0.0 Ok"], nil), ("somebody friendly", ["250 Message accepted"], nil),
        ("somebody silent", ["250"], nil),
    ]

    @Test("Q23 the identifier is found, and the text is there whatever is found", arguments: Self.replies)
    func identifier(row: (server: String, reply: [String], identifier: String?)) async throws {
        let script: SMTPTestServer.Script = [.on(.endOfContent, .reply(row.reply))]
        try await Loopback.withClient(.init(script: script)) { _, client in
            let receipt = try await client.send(RawMessage(Letter.content))
            #expect(receipt.queueIdentifier == row.identifier, "\(row.server)")
            #expect(receipt.finalReply.lines == row.reply.map { String($0.dropFirst(4)) })
            #expect(receipt.finalReply.code == .ok)
        }
    }
}
