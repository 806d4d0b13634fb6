import AsyncSMTP
import SMTPTestServer
import Testing

/// Transfer encodings by what the server offers.
@Suite("Composed messages: what the server can carry", .timeLimit(.minutes(5)))
struct ComposedCapabilityTests {
    private static let octets = [UInt8](0...255) + Array("\r\n--=_1.\n".utf8)

    private static func message() throws -> Message {
        try Message(
            from: "ann@example.org",
            to: "bob@example.net",
            subject: "Grüße",
            text: "Grüße aus Köln\nund ein zweiter Satz, damit das meiste Buchstaben sind.\n",
            attachments: [.attachment(.bytes(Self.octets), named: "octets.bin")]
        )
    }

    private static let eightBitServer = ["8BITMIME", "PIPELINING", "SMTPUTF8"]
    private static let plainServers = [[], ["PIPELINING"], ["SIZE 100000", "PIPELINING"]]
    private static let binaryServer = ["8BITMIME", "BINARYMIME", "CHUNKING", "PIPELINING"]

    private static func field(_ name: String, _ message: SMTPTestServer.ReceivedMessage) -> [String] {
        message.text.split(separator: "\r\n").filter { $0.hasPrefix(name + ": ") }
            .map { String($0.dropFirst(name.count + 2)) }
    }

    @Test("S-G2.1 R6152-1 8bit where 8BITMIME is offered and needed, declared")
    func eightBit() async throws {
        try await Loopback.withClient(.init(extensions: Self.eightBitServer)) { server, client in
            try await client.send(try Self.message())
            try await client.send(
                try Message(from: "a@example.org", to: "b@example.net", subject: "x", text: "y")
            )
            let messages = server.messages
            #expect(messages.map { $0.mailParameters["BODY"]?.value } == ["8BITMIME", nil])
            #expect(Self.field("Content-Transfer-Encoding", messages[0]) == ["8bit", "8bit", "base64"])
            #expect(messages[0].text.contains("Grüße aus Köln\r\n"))
            // The header needs no SMTPUTF8.
            #expect(messages[0].mailParameters["SMTPUTF8"] == nil)
            #expect(messages[0].text.contains("Subject: =?utf-8?"))
            #expect(Self.field("Content-Transfer-Encoding", messages[1]) == [])
        }
    }

    @Test(
        "S-G2 R2045-2 without 8BITMIME the same message goes as quoted-printable, whatever way it is sent",
        arguments: Self.plainServers,
        PipeliningLevel.allCases
    )
    func sevenBit(extensions: [String], level: PipeliningLevel) async throws {
        try await Loopback.withClient(
            .init(extensions: extensions),
            configure: { $0.sending.pipelining = level }
        ) { server, client in
            let message = try Self.message()
            let receipt = try await client.send(message)
            #expect(receipt.messageID == message.messageID.value)
            for await outcome in client.send(contentsOf: [message, message]) { #expect(outcome.error == nil) }
            #expect(server.messages.count == 3)
            for stored in server.messages {
                #expect(stored.mailParameters["BODY"] == nil)
                #expect(stored.content.allSatisfy { $0 < 0x80 })
                #expect(Self.field("Content-Transfer-Encoding", stored) == ["quoted-printable", "base64"])
                #expect(stored.text.contains("Gr=C3=BC=C3=9Fe aus K=C3=B6ln\r\n"))
            }
        }
    }

    @Test("a session renders it again, too")
    func session() async throws {
        try await Loopback.withSession(.init(extensions: [])) { server, session in
            try await session.send(try Self.message())
            let stored = try #require(server.messages.first)
            #expect(stored.content.allSatisfy { $0 < 0x80 })
            try await Loopback.expectUsable(session)
        }
    }

    @Test("R3030-5 binary where it is asked for and offered, by BDAT; less where it is not offered")
    func binary() async throws {
        var options = SendOptions()
        options.maximumCapability = .binary
        let message = try Self.message()
        try await Loopback.withClient(.init(extensions: Self.binaryServer)) { server, client in
            try await client.send(message, options: options)
            let stored = try #require(server.messages.first)
            #expect(stored.isBDAT)
            #expect(stored.mailParameters["BODY"]?.value == "BINARYMIME")
            #expect(Self.field("Content-Transfer-Encoding", stored) == ["binary", "8bit", "binary"])
            #expect(stored.content.count == stored.contentLength)
            let place = stored.content.firstRange(of: Self.octets)
            #expect(place != nil)
        }
        for extensions in [Self.eightBitServer, []] {
            try await Loopback.withClient(.init(extensions: extensions)) { server, client in
                try await client.send(message, options: options)
                let stored = try #require(server.messages.first)
                #expect(stored.mailParameters["BODY"]?.value == (extensions.isEmpty ? nil : "8BITMIME"))
                #expect(Self.field("Content-Transfer-Encoding", stored).last == "base64")
            }
        }
    }

    @Test("R6531-1 R6532-1 an address in UTF-8 needs SMTPUTF8, and nothing is sent without")
    func internationalAddress() async throws {
        let message = try Message(
            from: "Jürgen <jürgen@example.org>",
            to: "bob@example.net",
            subject: "Grüße",
            text: "x"
        )
        try await Loopback.withClient(.init(extensions: Self.eightBitServer)) { server, client in
            try await client.send(message)
            let stored = try #require(server.messages.first)
            #expect(stored.mailParameters["SMTPUTF8"] != nil)
            #expect(stored.text.contains("From: Jürgen <jürgen@example.org>\r\n"))
            #expect(stored.text.contains("Subject: Grüße\r\n"))
        }
        try await Loopback.withClient(.init(extensions: ["8BITMIME"])) { server, client in
            let error = await #expect(throws: SMTPError.self) { try await client.send(message) }
            #expect(error?.code == .notSupported)
            #expect(error?.acceptance == .notAccepted)
            #expect(server.messages.isEmpty)
            #expect(!server.commands.contains { $0.hasPrefix("MAIL") })
        }
    }
}
