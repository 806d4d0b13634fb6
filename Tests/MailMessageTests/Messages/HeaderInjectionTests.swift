import MailAddress
import MailMessage
import Testing

/// No text becomes a line of its own.
@Suite struct HeaderInjectionTests {
    /// What would end a line somewhere, with the beginning of another field behind it.
    static let attacks = [
        "\r\n", "\n", "\r", "\r\n\r\n", "\0", "\u{B}", "\u{C}", "\u{85}", "\u{2028}", "\u{2029}",
    ].map {
        "x" + $0 + "Bcc: evil@example.com"
    }

    /// All ways to put a text into a header.
    static let ways: [@Sendable (inout Message, String) throws -> Void] = [
        { $0.subject = $1 },
        { $0 = try $0.field("X-Own", $1) },
        { $0.fields.append(.organization, .text($1)) },
        { $0.fields.append(.keywords, .phrases([$1])) },
        { $0.listID = ListIdentifier("a.example", name: $1) },
        { $0.listID = ListIdentifier($1) },
        { $0.listUnsubscribe = try ListUnsubscribe(uris: ["mailto:" + $1]) },
        { $0.listUnsubscribe = try ListUnsubscribe(oneClick: "https://a.example/" + $1) },
        { $0.listUnsubscribe = try ListUnsubscribe(oneClick: "https://a.example/", mailto: "mailto:" + $1) },
        { $0 = $0.attaching(.attachment(.text("x"), named: $1)) },
        { $0 = $0.embedding(.inline(.text("x"), id: try ContentIdentifier("a@b.example"), named: $1)) },
        { $0 = $0.inviting(CalendarInvitation(method: $1, text: "x")) },
        { $0 = $0.inviting(CalendarInvitation(method: "REQUEST", text: "x", fileName: $1)) },
        { message, text in
            var part = BodyPart.text("x")
            part.contentDescription = text
            message.text = part
        },
        { message, text in
            var part = BodyPart.text("x")
            part.fields.append(.contentLocation, .text(text))
            message = message.attaching(part)
        },
        { $0 = $0.attaching(.message(try Message(from: "a@b.example", subject: $1))) },
        { $0.text = .text(.text("x"), type: try MediaType("text", $1)) },
        {
            $0.text = .text(
                .text("x"),
                type: try MediaType("text", "plain", parameters: [Parameter("name", $1)])
            )
        },
        { $0.text = .text(.text("x"), type: try MediaType(parsing: "text/plain; name=\"\($1)\"")) },
        { $0.to = [.mailbox(try Mailbox(displayName: $1, address: EmailAddress("a@b.example")))] },
        { $0.to = [.group(try AddressGroup(name: $1, members: []))] },
        { $0.from = [Mailbox(try EmailAddress("\"\($1)\"@b.example"))] },
        { $0.messageID = try MessageIdentifier("\($1)@b.example") },
        { $0.references = [try MessageIdentifier(lenient: "\($1)@b.example")] },
        { $0.fields.append(.comments, try .raw($1)) },
        { $0 = try $0.field($1, "x") },
        {
            $0 = $0.requestingReadReceipt(
                to: try Mailbox(displayName: $1, address: EmailAddress("a@b.example"))
            )
        },
        { message, text in
            let box = try Mailbox(displayName: text, address: EmailAddress("a@b.example"))
            message = message.resent(ResentBlock(from: box, to: []))
        },
    ]

    @Test(
        "S-B3.1 S-B3.3 a text with a line end or a control is refused, whatever takes it",
        arguments: attacks
    )
    func refused(attack: String) async throws {
        for (index, way) in Self.ways.enumerated() {
            var message = try MessageFixture.plain()
            await #expect(throws: (any Error).self, "way \(index)") {
                try way(&message, attack)
                _ = try await message.rendered()
            }
        }
    }

    @Test("S-B3.3 the same ways take a text that is none")
    func taken() async throws {
        for (index, way) in Self.ways.enumerated() {
            var message = try MessageFixture.plain()
            // The forms of some values are narrower than a word.
            for text in ["word", "x.example", "X-Word"] where (try? way(&message, text)) != nil {
                if await MessageFixture.refusal(of: message) == nil { break }
                message = try MessageFixture.plain()
            }
            let reading = try await MessageReading(message)
            #expect(
                reading.text.lowercased().contains("word") || reading.text.contains("x.example"),
                "way \(index)"
            )
        }
    }

    @Test("S-B3.3 each helper gives a changed copy and leaves the original as it was")
    func copies() async throws {
        let original = try MessageFixture.plain()
        let before = try await MessageReading(original).octets
        let changed = try original.field("X-Own", "x").priority(.low).autoSubmitted()
            .attaching(.attachment(.text("x"), named: "x.txt"))
            .embedding(.inline(.text("y"), id: try ContentIdentifier("a@b.example"), named: "y.png"))
            .inviting(CalendarInvitation(method: "REQUEST", text: "BEGIN:VCALENDAR"))
            .unsubscribing(try ListUnsubscribe(oneClick: "https://a.example/"))
            .requestingReadReceipt(to: try MessageFixture.mailbox("a@b.example"))
            .resent(ResentBlock(from: try MessageFixture.mailbox("a@b.example"), to: []))
        let reading = try await MessageReading(changed)
        for name in ["X-Own", "X-Priority", "Auto-Submitted", "List-Unsubscribe", "Resent-From"] {
            #expect(reading.values(name).count == 1, "\(name)")
        }
        #expect(try await MessageReading(original).octets == before)
    }
}
