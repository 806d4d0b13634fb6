import AsyncSMTP
import SMTPTestServer
import Testing

@Suite("smtplib: send_message")
struct SmtplibSendMessageTests {
    /// Header fields and the envelope they make; nil where they do not tell one.
    struct Header: Sendable, CustomTestStringConvertible {
        let name: String
        let fields: [String]
        let envelope: (sender: String, recipients: [String])?

        var testDescription: String { self.name }

        static func row(
            _ name: String,
            _ fields: [String],
            _ sender: String,
            _ recipients: [String]
        ) -> Header {
            Header(name: name, fields: fields, envelope: (sender, recipients))
        }

        static func error(_ name: String, _ fields: [String]) -> Header {
            Header(name: name, fields: fields, envelope: nil)
        }

        static let all: [Header] = [
            .row(
                "From and To",
                ["From: A <a@x.example>", "To: b@y.example"],
                "a@x.example",
                ["b@y.example"]
            ),
            .row(
                "Sender before From",
                ["From: a@x.example, b@x.example", "Sender: c@x.example", "To: d@y.example"],
                "c@x.example",
                ["d@y.example"]
            ),
            .row(
                "To, Cc and Bcc",
                ["From: a@x.example", "To: b@y.example", "Cc: c@y.example", "Bcc: d@y.example"],
                "a@x.example",
                ["b@y.example", "c@y.example", "d@y.example"]
            ),
            .row(
                "several mailboxes in a folded field",
                ["From: a@x.example", "To: \"B, C\" <b@y.example>,\r\n c@y.example (see)"],
                "a@x.example",
                ["b@y.example", "c@y.example"]
            ),
            .row(
                "one Resent block instead of the fields of the author",
                [
                    "Resent-Date: Mon, 1 Jan 2024 00:00:00 +0000", "Resent-From: r@x.example",
                    "Resent-To: s@y.example", "From: a@x.example", "To: b@y.example", "Cc: c@y.example",
                ],
                "r@x.example",
                ["s@y.example"]
            ),
            .row(
                "Resent-Sender before Resent-From",
                [
                    "Resent-Date: Mon, 1 Jan 2024 00:00:00 +0000", "Resent-From: r@x.example",
                    "Resent-Sender: q@x.example", "Resent-Cc: s@y.example", "Resent-Bcc: t@y.example",
                    "From: a@x.example", "To: b@y.example",
                ],
                "q@x.example",
                ["s@y.example", "t@y.example"]
            ),
            .error(
                "two Resent blocks",
                [
                    "Resent-Date: Tue, 2 Jan 2024 00:00:00 +0000", "Resent-From: r@x.example",
                    "Resent-To: s@y.example", "Resent-Date: Mon, 1 Jan 2024 00:00:00 +0000",
                    "Resent-From: q@x.example", "Resent-To: t@y.example", "From: a@x.example",
                    "To: b@y.example",
                ]
            ),
            .error("no recipient", ["From: a@x.example"]),
            .error("no author", ["To: b@y.example"]),
            .error("several authors and no Sender", ["From: a@x.example, b@x.example", "To: c@y.example"]),
            .error("an address that is none", ["From: a@x.example", "To: b@"]),
        ]
    }

    @Test("smtplib.send_message takes sender and recipients from the header", arguments: Header.all)
    func envelope(header: Header) async throws {
        let text = header.fields.map { $0 + "\r\n" }.joined() + "\r\nbody\r\n"
        try await Loopback.withSession { server, session in
            if let envelope = header.envelope {
                try await session.send(RawMessage(.text(text)))
                let message = try #require(server.messages.first)
                #expect(message.sender == envelope.sender)
                #expect(message.addresses == envelope.recipients)
            } else {
                let error = try await #require(throws: SMTPError.self) {
                    try await session.send(RawMessage(.text(text)))
                }
                #expect(error.code == .invalidMessage)
                #expect(error.stage == .preparation)
                try await Loopback.expectUsable(session)
                #expect(server.commands == ["NOOP"])
            }
        }
    }

    @Test("smtplib.send_message with an envelope of its own: two Resent blocks are no error then")
    func givenEnvelope() async throws {
        let date = "Resent-Date: Mon, 1 Jan 2024 00:00:00 +0000"
        var message = Letter.message(
            date,
            "Resent-To: s@y.example",
            date,
            "From: a@x.example",
            "Bcc: c@y.example"
        )
        message.envelope = try Envelope(from: "me@x.example", to: ["you@y.example"])
        try await Loopback.withSession { server, session in
            try await session.send(message)
            #expect(server.messages.map(\.sender) == ["me@x.example"])
            #expect(server.messages.map(\.addresses) == [["you@y.example"]])
            #expect(server.messages.first?.text.contains("Bcc") == false)
        }
    }

    @Test(
        "smtplib.send_message never transmits Bcc",
        arguments: ["Bcc", "BCC", "bcc", "Resent-Bcc", "resent-BCC"]
    )
    func bcc(name: String) async throws {
        let message = Letter.message(
            "From: a@x.example",
            "To: b@y.example",
            "\(name): c@y.example,\r\n\td@y.example"
        )
        try await Loopback.withSession { server, session in
            try await session.send(message)
            let text = "From: a@x.example\r\nTo: b@y.example\r\n\r\nbody\r\n"
            #expect(server.messages.map(\.text) == [text])
            // Only Bcc belongs to a message that was not resent.
            let hidden = name.lowercased() == "bcc" ? ["c@y.example", "d@y.example"] : []
            #expect(server.messages.first?.addresses == ["b@y.example"] + hidden)
        }
    }

    @Test("smtplib.send_message through a client, with a receipt")
    func throughClient() async throws {
        try await Loopback.withClient { server, client in
            let message = Letter.message("From: a@x.example", "To: b@y.example", "Message-ID: <1@x.example>")
            let receipt = try await client.send(message)
            #expect(receipt.messageID == "1@x.example")
            #expect(receipt.refused.isEmpty)
            #expect(server.messageCount == 1)
        }
    }

    @Test("smtplib.send_message to an address outside ASCII declares SMTPUTF8 and 8BITMIME")
    func international() async throws {
        try await Loopback.withSession { server, session in
            try await session.send(Letter.message("From: a@x.example", "To: jürgen@y.example"))
            let message = try #require(server.messages.first)
            #expect(message.addresses == ["jürgen@y.example"])
            #expect(message.mailParameters.contains("SMTPUTF8"))
            #expect(message.mailParameters["BODY"]?.value == "8BITMIME")
        }
    }

    @Test("smtplib.send_message outside ASCII to a server without SMTPUTF8 is SMTPNotSupportedError")
    func internationalNotSupported() async throws {
        try await Loopback.withSession(.init(extensions: ["8BITMIME"])) { server, session in
            let error = try await #require(throws: SMTPError.self) {
                try await session.send(Letter.message("From: a@x.example", "To: jürgen@y.example"))
            }
            #expect(error.code == .notSupported)
            try await Loopback.expectUsable(session)
            #expect(server.commands == ["EHLO client.example", "NOOP"])
        }
    }
}
