import NIOCore
import SMTPCore
import Testing
import TransferEncoding

@Suite("Commands: AUTH")
struct AuthenticationCommandTests {
    static let responses: [(mechanism: String, response: String?, wire: String)] = [
        ("PLAIN", "\0user\0pencil", "AUTH PLAIN AHVzZXIAcGVuY2ls"),
        ("CRAM-MD5", nil, "AUTH CRAM-MD5"),
        ("EXTERNAL", "", "AUTH EXTERNAL ="),
        ("scram-sha-256", nil, "AUTH SCRAM-SHA-256"),
        ("X_Y-1", "\r\n", "AUTH X_Y-1 DQo="),
        ("PLAIN", String(repeating: "x", count: 300), "AUTH PLAIN \(String(repeating: "eHh4", count: 100))"),
    ]

    @Test("R4954-2 a mechanism and an initial response in one line of base64", arguments: responses)
    func line(mechanism: String, response: String?, wire: String) throws {
        let command = Command.auth(mechanism: mechanism, initialResponse: response.map { Array($0.utf8) })
        #expect(try Wire.text(command) == wire + "\r\n")
    }

    /// Octets of a response that fill the 512 of a command: 3 octets are 4 of base64.
    static let longest = [("PLAIN", 372), ("XOAUTH2", 372), ("SCRAM-SHA-256-PLUS", 363)]

    @Test("R4954-6 an initial response that does not fit does not go with the command", arguments: longest)
    func limit(mechanism: String, length: Int) throws {
        let fitting = [UInt8](repeating: 0x78, count: length)
        let tooLong = fitting + [0x78]
        #expect(CommandEncoder.fitsInitialResponse(fitting, mechanism: mechanism))
        #expect(!CommandEncoder.fitsInitialResponse(tooLong, mechanism: mechanism))
        let line = try Wire.text(.auth(mechanism: mechanism, initialResponse: fitting))
        #expect((509...512).contains(line.utf8.count))
        var buffer = ByteBuffer(string: "NOOP\r\n")
        let before = buffer
        let error = #expect(throws: CommandError.self) {
            try CommandEncoder().encode(.auth(mechanism: mechanism, initialResponse: tooLong), into: &buffer)
        }
        #expect(error?.reason == .tooLong(limit: 512))
        #expect(buffer == before)
        #expect(throws: Never.self) { try Wire.text(.auth(mechanism: mechanism, initialResponse: nil)) }
    }

    static let continuations: [(response: [UInt8], line: String)] = [
        ([], "\r\n"), ([0x01], "AQ==\r\n"), (Array("user".utf8), "dXNlcg==\r\n"),
    ]

    @Test(
        "R4954-3 a later response is a line of base64, the empty one an empty line",
        arguments: continuations
    )
    func continuation(response: [UInt8], line: String) {
        var buffer = ByteBuffer()
        CommandEncoder().encodeResponse(response, into: &buffer)
        #expect(buffer.text == line)
    }

    @Test("R4954-7 a later response may be long")
    func longContinuation() {
        var buffer = ByteBuffer()
        CommandEncoder().encodeResponse([UInt8](repeating: 0, count: 9216), into: &buffer)
        #expect(buffer.text == String(repeating: "A", count: 12288) + "\r\n")
    }

    static let vectors = [
        ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("fooba", "Zm9vYmE="),
        ("foobar", "Zm9vYmFy"),
    ]

    @Test("R4954-4 base64 there and back", arguments: vectors)
    func base64(text: String, encoded: String) {
        #expect(Base64.encode(Array(text.utf8)) == encoded)
        #expect(Base64.decode(encoded.utf8) == Array(text.utf8))
    }

    @Test("R4954-4 every octet, at every place of a group")
    func everyOctet() {
        let octets = Array(UInt8.min...UInt8.max)
        for start in 0..<3 {
            let part = Array(octets[start...])
            #expect(Base64.decode(Base64.encode(part).utf8) == part)
        }
        #expect(Base64.encode([0xFB, 0xEF, 0xFF]) == "++//")
    }

    static let undecodable = [
        "Z", "Z===", "Zg", "Zg=", "Zg===", "=", "==", "====", "Zm8", "Zm8==", "Zh==", "Zm9=", "Zm9v=",
        "Zm9v====", "Zg==Zg==",
        "Zm 9v", "Zm9v\r\n", "Zm-_", "Zm9é", "Z=9v", "Zg=A", "Username:",
    ]

    @Test("R4954-4 what is not exactly base64 is not decoded", arguments: undecodable)
    func strict(text: String) {
        #expect(Base64.decode(text.utf8) == nil)
    }
}
