import AsyncSMTP
import SMTPTestServer
import Testing

/// Who a message goes to, and what of that stands in it.
@Suite("Envelopes")
struct SendingEnvelopeTests {
    @Test(
        "Q47 one refused recipient does not keep the message from the others",
        arguments: PipeliningLevel.allCases
    )
    func partialRefusal(level: PipeliningLevel) async throws {
        let script: SMTPTestServer.Script = [
            .on(.command("RCPT", occurrence: 1), .reply("450 4.2.1 greylisted")),
            .on(.command("RCPT", occurrence: 3), .reply("550 5.1.1 no such user")),
        ]
        let configure: (inout SMTPConfiguration) -> Void = { $0.sending.pipelining = level }
        try await Loopback.withSession(.init(script: script), configure: configure) { server, session in
            let recipients = ["a@example.net", "b@example.net", "c@example.net"]
            let receipt = try await session.send(Letter.content, envelope: Letter.envelope(to: recipients))
            #expect(
                receipt.recipients.map(\.disposition) == [
                    .refusedTemporarily, .accepted, .refusedPermanently,
                ]
            )
            #expect(receipt.recipients.map(\.stage) == [.rcpt, .finalReply, .rcpt])
            #expect(server.messages.map(\.addresses) == [["b@example.net"]])
        }
    }

    @Test(
        "Q47 all or nothing, where the caller wants that",
        arguments: PipeliningLevel.allCases,
        [false, true]
    )
    func allOrNothing(level: PipeliningLevel, usesChunking: Bool) async throws {
        let script: SMTPTestServer.Script = [
            .on(.command("RCPT", occurrence: 2), .reply("550 5.1.1 no such user"))
        ]
        var options = SendOptions()
        options.requiresAllRecipients = true
        options.pipelining = level
        options.usesChunking = usesChunking
        try await Loopback.withSession(.init(script: script)) { server, session in
            let envelope = try Letter.envelope(to: ["a@example.net", "b@example.net"])
            let error = try await #require(throws: SMTPError.self) {
                try await session.send(Letter.content, envelope: envelope, options: options)
            }
            #expect(error.code == .recipientsRefused)
            #expect(error.recipients.map(\.disposition) == [.notAccepted, .refusedPermanently])
            #expect(server.messageCount == 0)
            // Without an error the same envelope goes to all, over the same connection.
            let receipt = try await session.send(Letter.content, envelope: envelope, options: options)
            #expect(receipt.accepted.count == 2)
            #expect(server.messages.map(\.recipients.count) == [2])
            #expect(server.sessions.count == 1)
        }
    }

    @Test("Q59 a recipient named twice gets one RCPT: the domain in any case, the local part exactly")
    func duplicates() async throws {
        let recipients = [
            "bob@example.net", "Bob@example.net", "bob@EXAMPLE.net", "bob@example.net", "\"bob\"@example.net",
        ]
        try await Loopback.withSession { server, session in
            let receipt = try await session.send(Letter.content, envelope: Letter.envelope(to: recipients))
            #expect(
                receipt.recipients.map(\.recipient.description) == ["<bob@example.net>", "<Bob@example.net>"]
            )
            #expect(server.messages.map(\.addresses) == [["bob@example.net", "Bob@example.net"]])
        }
    }

    @Test("Q59 S-B8.1 a recipient that stands in To, Cc and Bcc gets one RCPT")
    func duplicatesInHeader() async throws {
        let fields = ["To: B <b@y.example>", "Cc: b@Y.example, c@y.example", "Bcc: c@y.example"]
        let message = Letter.message("From: a@x.example", fields[0], fields[1], fields[2])
        try await Loopback.withClient { server, client in
            try await client.send(message)
            #expect(server.messages.map(\.addresses) == [["b@y.example", "c@y.example"]])
        }
    }

    /// Headers with a Bcc field, and what must be left of them.
    static let hidden: [(header: String, rest: String)] = [
        ("Bcc: d@y.example\r\nTo: b@y.example\r\n", "To: b@y.example\r\n"),
        ("To: b@y.example\r\nBCC: d@y.example\r\n", "To: b@y.example\r\n"),
        ("To: b@y.example\r\nbcc : d@y.example\r\nX: y\r\n", "To: b@y.example\r\nX: y\r\n"),
        (
            "To: b@y.example\r\nBcc:\r\n d@y.example,\r\n\te@y.example\r\nX: y\r\n",
            "To: b@y.example\r\nX: y\r\n"
        ),
        ("To: b@y.example\nBcc: d@y.example\nX: y\n", "To: b@y.example\r\nX: y\r\n"),
        ("To: b@y.example\rBcc: d@y.example\rX: y\r", "To: b@y.example\r\nX: y\r\n"),
        ("To: b@y.example\r\nBcc: d@y.example\r\nBcc: e@y.example\r\n", "To: b@y.example\r\n"),
        (
            "To: b@y.example\r\nX-Bcc: f@y.example\r\nBcc: d@y.example\r\n",
            "To: b@y.example\r\nX-Bcc: f@y.example\r\n"
        ),
    ]

    @Test("S-B8.1 S-B8 Bcc gets a RCPT and is never on the wire", arguments: Self.hidden, [false, true])
    func bcc(row: (header: String, rest: String), usesChunking: Bool) async throws {
        let author = "From: a@x.example\r\n"
        let body = "\r\nBcc: this is the body\r\n"
        var options = SendOptions()
        options.usesChunking = usesChunking
        try await Loopback.withClient { server, client in
            try await client.send(RawMessage(.text(author + row.header + body)), options: options)
            #expect(server.messages.map(\.text) == [author + row.rest + body])
            #expect(server.messages.map(\.isBDAT) == [usesChunking])
            #expect(server.messages.first?.addresses.prefix(2) == ["b@y.example", "d@y.example"])
            // SIZE is that of what was sent.
            let size = server.messages.first?.mailParameters["SIZE"]?.value
            #expect(size == String((author + row.rest + body).utf8.count))
        }
    }

    @Test(
        "S-B8.1 S-B8 Bcc is left out with an envelope given by the caller, in pieces of any size",
        arguments: [1, 2, 7]
    )
    func bccInPieces(length: Int) async throws {
        let text = "From: a@x.example\r\nBcc: d@y.example\r\nTo: b@y.example\r\n\r\nbody\r\n"
        let octets = Array(text.utf8)
        let chunks = stride(from: 0, to: octets.count, by: length).map { Array(octets[$0...].prefix(length)) }
        let stream = AsyncStream<[UInt8]> { continuation in
            for chunk in chunks { continuation.yield(chunk) }
            continuation.finish()
        }
        try await Loopback.withClient { server, client in
            try await client.send(RawMessage(.stream(stream), envelope: Letter.envelope()))
            let expected = "From: a@x.example\r\nTo: b@y.example\r\n\r\nbody\r\n"
            #expect(server.messages.map(\.text) == [expected])
            #expect(server.messages.map(\.addresses) == [["bob@example.net"]])
        }
    }

    @Test("R5322-3.6.3-1 a message with nothing but Bcc is legal, and arrives without it")
    func onlyBcc() async throws {
        try await Loopback.withClient { server, client in
            let message = Letter.message("From: a@x.example", "Bcc: b@y.example, c@y.example")
            let receipt = try await client.send(message)
            #expect(receipt.accepted.count == 2)
            #expect(server.messages.map(\.addresses) == [["b@y.example", "c@y.example"]])
            #expect(server.messages.map(\.text) == ["From: a@x.example\r\n\r\nbody\r\n"])
        }
    }

    @Test("R5322-3.6.6-1 one Resent block makes the envelope, and stays in the header")
    func resent() async throws {
        let block = [
            "Resent-Date: Mon, 1 Jan 2024 00:00:00 +0000", "Resent-From: r@x.example",
            "Resent-To: s@y.example",
        ]
        let author = ["From: a@x.example", "To: b@y.example"]
        let lines = block + ["Resent-Bcc: t@y.example"] + author
        let text = (lines + ["", "body", ""]).joined(separator: "\r\n")
        try await Loopback.withClient { server, client in
            try await client.send(RawMessage(.text(text)))
            #expect(server.messages.map(\.sender) == ["r@x.example"])
            #expect(server.messages.map(\.addresses) == [["s@y.example", "t@y.example"]])
            #expect(
                server.messages.map(\.text) == [
                    (block + author + ["", "body", ""]).joined(separator: "\r\n")
                ]
            )
        }
    }

    @Test("R5322-3.6.6-1 more than one Resent block needs an envelope", arguments: [false, true])
    func twoResentBlocks(givesEnvelope: Bool) async throws {
        let date = "Resent-Date: Mon, 1 Jan 2024 00:00:00 +0000"
        var message = Letter.message(
            date,
            "Resent-To: s@y.example",
            date,
            "Resent-To: t@y.example",
            "From: a@x.example"
        )
        if givesEnvelope { message.envelope = try Letter.envelope() }
        try await Loopback.withClient { server, client in
            if givesEnvelope {
                try await client.send(message)
                #expect(server.messages.map(\.addresses) == [["bob@example.net"]])
            } else {
                let error = try await #require(throws: SMTPError.self) { try await client.send(message) }
                #expect(error.code == .invalidMessage)
                #expect(server.sessions.isEmpty)
            }
        }
    }

    @Test("R5322-3.4-1 groups in To, Cc and Bcc are their members; an empty group is nobody")
    func groups() async throws {
        let fields = [
            "To: Friends: b@y.example, C <c@y.example>;, d@y.example", "Cc: undisclosed-recipients:;",
            "Bcc: Others:e@y.example;",
        ]
        try await Loopback.withClient { server, client in
            try await client.send(Letter.message("From: a@x.example", fields[0], fields[1], fields[2]))
            let expected = ["b@y.example", "c@y.example", "d@y.example", "e@y.example"]
            #expect(server.messages.map(\.addresses) == [expected])
        }
    }

    @Test(
        "R5322-3.4-1 a group in From is no sender that could be guessed",
        arguments: ["Nobody:;", "Two: a@x.example, b@x.example;"]
    )
    func groupOfAuthors(value: String) async throws {
        try await Loopback.withClient { server, client in
            let error = try await #require(throws: SMTPError.self) {
                try await client.send(Letter.message("From: \(value)", "To: b@y.example"))
            }
            #expect(error.code == .invalidMessage)
            #expect(server.sessions.isEmpty)
        }
    }
}
