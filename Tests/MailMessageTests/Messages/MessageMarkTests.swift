import MailAddress
import MailMessage
import Testing

/// Fields that say what kind of message it is.
@Suite struct MessageMarkTests {
    @Test("R8689-3 TLS-Required says No, once, and only where it was asked for")
    func tlsRequired() async throws {
        var message = try MessageFixture.plain()
        #expect(try await MessageReading(message).values("TLS-Required").isEmpty)
        message.allowsRelayWithoutTLS = true
        #expect(try await MessageReading(message).values("TLS-Required") == ["No"])
    }

    @Test("R8058-1 R2369-1 one click needs one HTTPS URI, and says how")
    func oneClick() async throws {
        let way = try ListUnsubscribe(
            oneClick: "https://example.org/u?a=1,2",
            mailto: "mailto:leave@example.org"
        )
        let reading = try await MessageReading(try MessageFixture.plain().unsubscribing(way))
        #expect(
            reading.values("List-Unsubscribe") == [
                "<https://example.org/u?a=1,2>, <mailto:leave@example.org>"
            ]
        )
        #expect(reading.values("List-Unsubscribe-Post") == ["List-Unsubscribe=One-Click"])
        let plain = try ListUnsubscribe(uris: ["mailto:leave@example.org"])
        let other = try await MessageReading(try MessageFixture.plain().unsubscribing(plain))
        #expect(other.values("List-Unsubscribe-Post").isEmpty)
    }

    @Test(
        "R8058-1 what is no HTTPS URI is none for one click",
        arguments: ["http://example.org", "mailto:a@b.example", ""]
    )
    func noOneClick(uri: String) {
        #expect(throws: MessageError.self) { try ListUnsubscribe(oneClick: uri) }
        #expect(throws: MessageError.self) {
            try ListUnsubscribe(oneClick: "https://x.example", mailto: "x" + uri)
        }
    }

    @Test(
        "R2369-1 S-B3.1 a URI with what does not belong in one is refused",
        arguments: [
            "https://x.example/\r\nBcc: a@b.example", "https://x.example/>,<mailto:y", "https://x.example/ü",
            "https://a b",
        ]
    )
    func badURI(uri: String) async throws {
        let message = try MessageFixture.plain().unsubscribing(try ListUnsubscribe(uris: [uri]))
        #expect(await MessageFixture.refusal(of: message)?.reason == .invalidURI)
    }

    @Test("R2369-1 no URI at all is refused")
    func noURI() {
        #expect(throws: MessageError.self) { try ListUnsubscribe(uris: []) }
    }

    @Test("R2919-1 the list has a name for people and one for machines")
    func listID() async throws {
        var message = try MessageFixture.plain()
        message.listID = ListIdentifier("news.example.org", name: "The \"News\"")
        #expect(
            try await MessageReading(message).values("List-Id") == ["\"The \\\"News\\\"\" <news.example.org>"]
        )
        for id in [
            "news", "a b.example", "ü.example", "<a.b>", "a..b",
            String(repeating: "a", count: 250) + ".example",
        ] {
            message.listID = ListIdentifier(id)
            #expect(await MessageFixture.refusal(of: message)?.reason == .invalidFieldValue, "\(id)")
        }
    }

    @Test(
        "RFC 3834 section 5 a program says that it sent the message",
        arguments: Message.AutoSubmitted.allCases
    )
    func autoSubmitted(kind: Message.AutoSubmitted) async throws {
        let reading = try await MessageReading(try MessageFixture.plain().autoSubmitted(kind))
        #expect(reading.values("Auto-Submitted") == [kind.rawValue])
        #expect(["auto-generated", "auto-replied"].contains(kind.rawValue))
    }

    @Test(
        "R5322-3.6-1 urgency is said in the three fields that readers look at",
        arguments: [
            (Message.Priority.high, ["high", "urgent", "1"]), (.normal, ["normal", "normal", "3"]),
            (.low, ["low", "non-urgent", "5"]),
        ]
    )
    func priority(priority: Message.Priority, texts: [String]) async throws {
        let reading = try await MessageReading(try MessageFixture.plain().priority(priority))
        #expect(["Importance", "Priority", "X-Priority"].flatMap(reading.values) == texts)
    }

    @Test("R5322-3.6-1 who asks for a receipt is named")
    func receipt() async throws {
        let ann = try MessageFixture.mailbox("ann@example.org")
        let reading = try await MessageReading(try MessageFixture.plain().requestingReadReceipt(to: ann))
        #expect(reading.values("Disposition-Notification-To") == ["ann@example.org"])
    }
}
