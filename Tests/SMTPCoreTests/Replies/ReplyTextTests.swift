import NIOCore
import SMTPCore
import Testing

@Suite("Replies: text from a peer")
struct ReplyTextTests {
    static let hostile: [(octets: [UInt8], description: String)] = [
        (Array("550 \u{1B}[2J\u{7}<script>".utf8), "550 \\u{1B}[2J\\u{7}<script>"),
        (Array("550 a\u{0}b\u{7F}c".utf8), "550 a\\u{0}b\\u{7F}c"),
        (Array("550 a\rb".utf8), "550 a\\rb"),
        (Array("550 \u{85}\u{9B}31m".utf8), "550 \\u{85}\\u{9B}31m"),
        (Array("550 \u{202E}txt.exe\u{2066}\u{2028}".utf8), "550 \\u{202E}txt.exe\\u{2066}\\u{2028}"),
        (Array("550 \u{200B}\u{FEFF}\u{200F}".utf8), "550 \\u{200B}\\u{FEFF}\\u{200F}"),
        // 0x9B is not UTF-8: as Latin-1 it is the CSI control.
        (Array("550 ".utf8) + [0x9B, 0x33], "550 \\u{9B}3"),
        (Array("250 Größe".utf8), "250 Größe"),
    ]

    @Test("S-I2 I2.1 a description has no control character, the raw octets have", arguments: hostile)
    func description(octets: [UInt8], description: String) throws {
        let events = ReplyReader.events(in: [ByteBuffer(bytes: octets + [0x0D, 0x0A])])
        guard case .reply(let reply) = try #require(events.first) else {
            Issue.record("\(events)")
            return
        }
        #expect(reply.description == description)
        #expect(reply.rawText == Array(octets.dropFirst(4)))
    }

    @Test("S-I2 I2.1 an error's description has none either")
    func errorDescription() throws {
        let wire = ByteBuffer(string: "55\u{1B}[2J\u{7}\u{202E}\r\n")
        guard case .failure(let error) = try #require(ReplyReader.events(in: [wire]).first) else {
            Issue.record("no error")
            return
        }
        #expect(error.excerpt == Array("55\u{1B}[2J\u{7}\u{202E}".utf8))
        #expect(error.description.hasSuffix("\"55\\u{1B}[2J\\u{7}\\u{202E}\""))
    }

    @Test("S-I2 a description is cut, however long the reply")
    func length() throws {
        let reply = try ReplyReader.reply("550 \(String(repeating: "x", count: 8000))\r\n")
        #expect(reply.description == "550 " + String(repeating: "x", count: 512) + "…")
    }

    @Test("Q18 octets that are no UTF-8 never throw and are all kept")
    func everyOctet() throws {
        let octets = (UInt8(0x80)...0xFF).reversed().map { $0 }
        let wire = Array("250 ".utf8) + octets + [0x0A]
        guard case .reply(let reply) = try #require(ReplyReader.events(in: [ByteBuffer(bytes: wire)]).first)
        else {
            Issue.record("no reply")
            return
        }
        #expect(reply.rawText == octets)
        #expect(reply.text.unicodeScalars.map(\.value) == octets.map(UInt32.init))
    }

    static let queueIdentifiers: [(reply: String, identifier: String?)] = [
        // Postfix, SendGrid, ZoneMTA
        ("250 2.0.0 Ok: queued as 4F2Jx81zQ5z9t", "4F2Jx81zQ5z9t"),
        ("250 Message queued as 18b2f3c4d5e000a1b2", "18b2f3c4d5e000a1b2"),
        // Exim
        ("250 OK id=1qX5hN-0002Ab-3T", "1qX5hN-0002Ab-3T"),
        // Exchange
        (
            "250 2.6.0 <abc@host.example> [InternalId=123456789, Hostname=x] Queued mail for delivery",
            "123456789"
        ),
        // Sendmail, OpenSMTPD
        ("250 2.0.0 3A1BcdEf012345 Message accepted for delivery", "3A1BcdEf012345"),
        ("250 2.0.0 8a1b2c3d Message accepted for delivery", "8a1b2c3d"),
        // Amazon SES
        ("250 Ok 0102018f3a2b4c5d-6e7f8a9b-000000", "0102018f3a2b4c5d-6e7f8a9b-000000"),
        // Gmail puts a timestamp in front of it.
        (
            "250 2.0.0 OK  1699999999 d2-20020a170902c18200b001c1f4edfb9csi123456plb.7 - gsmtp",
            "d2-20020a170902c18200b001c1f4edfb9csi123456plb.7"
        ),
        ("250 Message accepted", nil),
        ("250 Ok", nil),
        ("250 2.0.0 Ok", nil),
        ("250", nil),
        ("250 2.0.0 Ok: queued as \u{1B}[2J", nil),
    ]

    @Test("Q23 a queue identifier where the text tells it", arguments: queueIdentifiers)
    func queueIdentifier(reply: String, identifier: String?) throws {
        #expect(try ReplyReader.reply(reply + "\r\n").queueIdentifier == identifier)
    }
}
