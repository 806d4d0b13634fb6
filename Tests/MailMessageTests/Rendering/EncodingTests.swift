import MailMessage
import Testing

/// How octets are written, and whether the label says so.
@Suite struct EncodingTests {
    /// A text, and its encoding for each capability; nil is none, which means 7bit.
    static let texts: [(text: String, encodings: [String?])] = [
        ("plain\r\n", [nil, nil, nil]),
        ("", [nil, nil, nil]),
        ("lone\nends\r", [nil, nil, nil]),
        (String(repeating: "x", count: 998), [nil, nil, nil]),
        (String(repeating: "x", count: 999), ["quoted-printable", "quoted-printable", "quoted-printable"]),
        ("Grüße und Küsse aus dem Süden, und zwar an alle daheim\r\n", ["quoted-printable", "8bit", "8bit"]),
        ("你好世界\r\n", ["base64", "8bit", "8bit"]),
        ("NUL \0\r\n", ["base64", "base64", "base64"]),
        ("--=_1.x\r\n", [nil, nil, nil]),
    ]

    @Test(
        "S-G2 R2045-2 R2046-2 a text has the encoding that its octets and the way need",
        arguments: Self.texts
    )
    func text(text: String, encodings: [String?]) async throws {
        for (capability, encoding) in zip(TransferCapability.allCases, encodings) {
            let reading = try await MessageReading(try MessageFixture.plain(text), for: capability)
            #expect(
                reading.values("Content-Transfer-Encoding") == [encoding].compactMap(\.self),
                "\(capability)"
            )
            #expect(reading.values("Content-Type") == ["text/plain; charset=utf-8"])
            #expect(reading.rendered.needs == (encoding == "8bit" ? .eightBit : .sevenBit))
        }
    }

    @Test("S-G2 R2045-2 octets are base64, or as they are where the way is binary")
    func octets() async throws {
        let octets: [UInt8] = [0, 13, 10, 255, 10, 13]
        let message = try MessageFixture.plain("x").attaching(.attachment(.bytes(octets), named: "a.bin"))
        let safe = try await MessageReading(message)
        #expect(safe.hasInOrder(["Content-Transfer-Encoding: base64\r\n", "\r\n\r\nAA0K/woN\r\n"]))
        #expect(safe.values("Content-Transfer-Encoding").isEmpty)
        let binary = try await MessageReading(message, for: .binary)
        #expect(binary.rendered.needs == .binary)
        #expect(binary.values("Content-Transfer-Encoding") == ["binary"])
        #expect(
            binary.hasInOrder(["Content-Transfer-Encoding: binary\r\n", "\r\n\r\n\0\r\n\u{FF}\n\r\r\n--"])
        )
    }

    @Test("R2045-2 an encoding that is asked for is used, or refused where it would be a false label")
    func wanted() async throws {
        let cases: [(String, ContentTransferEncoding, [String?])] = [
            ("plain", .quotedPrintable, ["quoted-printable", "quoted-printable", "quoted-printable"]),
            ("plain", .base64, ["base64", "base64", "base64"]), ("plain", .sevenBit, ["", "", ""]),
            ("plain", .eightBit, ["", "", ""]), ("ü", .sevenBit, [nil, nil, nil]),
            ("ü", .eightBit, [nil, "8bit", "8bit"]), ("\0", .eightBit, [nil, nil, nil]),
            (String(repeating: "x", count: 999), .sevenBit, [nil, nil, nil]),
        ]
        for (text, encoding, results) in cases {
            for (capability, result) in zip(TransferCapability.allCases, results) {
                var part = BodyPart.text(text)
                part.transferEncoding = encoding
                var message = try MessageFixture.plain(nil)
                message.text = part
                guard let result else {
                    let refusal = await MessageFixture.refusal(of: message, for: capability)
                    #expect(refusal?.field == "Content-Transfer-Encoding", "\(encoding) for \(capability)")
                    continue
                }
                let values = try await MessageReading(message, for: capability).values(
                    "Content-Transfer-Encoding"
                )
                #expect(values == [result].filter { !$0.isEmpty }, "\(encoding) for \(capability)")
            }
        }
    }

    @Test(
        "R2045-2 octets cannot be called lines",
        arguments: [ContentTransferEncoding.sevenBit, .eightBit, .binary]
    )
    func octetsAsLines(encoding: ContentTransferEncoding) async throws {
        var part = BodyPart.octets(.bytes([1, 2]), type: .octetStream)
        part.transferEncoding = encoding
        let message = try MessageFixture.plain().attaching(part)
        #expect(await MessageFixture.refusal(of: message)?.field == "Content-Transfer-Encoding")
    }

    @Test(
        "R2045-2 R2046-4 parts within parts are never encoded",
        arguments: [ContentTransferEncoding.base64, .quotedPrintable]
    )
    func composite(encoding: ContentTransferEncoding) async throws {
        let parts: [BodyPart] = [
            .multipart(.mixed, [.text("x")]), .message(try MessageFixture.plain()),
            .message(.text("A: b\r\n\r\n")),
            .attachment(.text("A: b\r\n\r\n"), named: "mail.eml"),
        ]
        for var part in parts {
            part.transferEncoding = encoding
            let message = try MessageFixture.plain().attaching(part)
            #expect(await MessageFixture.refusal(of: message)?.field == "Content-Transfer-Encoding")
        }
    }

    @Test("R2045-2 a part with parts that need more cannot be called 7bit")
    func falseLabel() async throws {
        var part = BodyPart.multipart(.mixed, [.text("ü")])
        part.transferEncoding = .sevenBit
        let message = try MessageFixture.plain().attaching(part)
        #expect(await MessageFixture.refusal(of: message) == nil)
        #expect(
            await MessageFixture.refusal(of: message, for: .eightBit)?.field == "Content-Transfer-Encoding"
        )
    }

    @Test(
        "R2046-4 a message goes into another as it is",
        arguments: ["A: b\r\n\r\nc", "A: b\n\nc\n", "A: b\r\n\r\nü"]
    )
    func message(text: String) async throws {
        let parts: [BodyPart] = [
            .message(.text(text)), .attachment(.text(text), named: "mail.eml"),
            .octets(.text(text), type: .messageRFC822),
        ]
        for part in parts {
            let message = try MessageFixture.plain().attaching(part)
            let reading = try await MessageReading(message)
            #expect(!reading.text.contains("base64"))
            #expect(reading.hasInOrder(["Content-Type: message/rfc822\r\n", "\r\nA: "]))
            #expect(reading.rendered.needs == (text.contains("ü") ? .eightBit : .sevenBit))
        }
    }

    @Test(
        "R2046-4 a message that no lines can carry needs a binary way",
        arguments: ["\0", String(repeating: "x", count: 999)]
    )
    func binaryMessage(body: String) async throws {
        let message = try MessageFixture.plain().attaching(.message(.text("A: b\r\n\r\n" + body)))
        #expect(await MessageFixture.refusal(of: message)?.reason == .lineTooLong)
        #expect(await MessageFixture.refusal(of: message, for: .eightBit)?.reason == .lineTooLong)
        #expect(try await MessageReading(message, for: .binary).rendered.needs == .binary)
    }

    @Test("R6532-1 R2046-4 a message with UTF-8 in its header is message/global, which may be encoded")
    func global() async throws {
        let inner = try Message(from: "jörg@example.org", subject: "Grüße", text: "x")
        let message = try MessageFixture.plain().attaching(.message(inner))
        let safe = try await MessageReading(message)
        #expect(safe.hasInOrder(["Content-Type: message/global\r\nContent-Transfer-Encoding: base64\r\n"]))
        #expect(!safe.rendered.needsSMTPUTF8)
        let open = try await MessageReading(message, for: .eightBit)
        #expect(open.hasInOrder(["Content-Type: message/global\r\nContent-Transfer-Encoding: 8bit\r\n"]))
        #expect(open.values("Content-Transfer-Encoding") == ["8bit"])
    }
}
