import MailMessage
import Testing

@Suite("Parameters")
struct ParameterFieldTests {
    private static func disposition(_ name: String) throws -> String {
        try encoded(.contentDisposition, .parameterized("attachment", [Parameter("filename", name)]))
    }

    @Test(
        "S-B4.1 S-B4.3 R2231-1 R2183-1 a value is a token, a quoted-string or percent-encoded",
        arguments: [
            ("a.pdf", "filename=a.pdf"), ("", #"filename="""#), ("a b.pdf", #"filename="a b.pdf""#),
            (#"a.exe";x="b.pdf"#, #"filename="a.exe\";x=\"b.pdf""#), (#"a\"#, "filename*=utf-8''a%5C"),
            (#"a\b"#, #"filename="a\\b""#),
            ("\u{20AC} rates.pdf", "filename*=utf-8''%E2%82%AC%20rates.pdf"),
            ("é*'%\"(;=", "filename*=utf-8''%C3%A9%2A%27%25%22%28%3B%3D"), ("it's", #"filename="it's""#),
            ("Thu, 26 Nov 2026 17:05:00 +0000", #"filename="Thu, 26 Nov 2026 17:05:00 +0000""#),
            ("100%", #"filename="100%""#), ("=?x?q?y?=", "filename*=utf-8''%3D%3Fx%3Fq%3Fy%3F%3D"),
        ]
    )
    func table(name: String, parameter: String) throws {
        #expect(try unfolded(Self.disposition(name)) == "attachment; " + parameter)
    }

    @Test(
        "S-B4.4 R2231-1 a long name outside ASCII is divided between characters",
        arguments: ["é", "語", "\u{1F600}", "aé", "é語\u{1F600} ;", "x1é"]
    )
    func continuations(piece: String) throws {
        let name = String(String(repeating: piece, count: 300).unicodeScalars.prefix(300))
        let field = try Self.disposition(name)
        var octets: [UInt8] = []
        for (number, line) in lines(of: field).dropFirst().enumerated() {
            #expect(line.utf8.count <= 78)
            let match = try #require(line.wholeMatch(of: #/\ filename\*(\d+)\*=(utf-8'')?([^;']+);?/#))
            #expect(match.1 == "\(number)")
            #expect((match.2 != nil) == (number == 0))
            let part = try #require(Self.percentDecoded(match.3))
            // By itself each piece is UTF-8: no character is divided.
            #expect(String(validating: part, as: UTF8.self) != nil)
            octets += part
        }
        #expect(String(decoding: octets, as: UTF8.self) == name)
        #expect(lines(of: field)[0] == "Content-Disposition: attachment;")
    }

    @Test("R2231-1 a long value of ASCII is divided too, and never within an escape")
    func quotedContinuations() throws {
        let name = String(repeating: #"a"b\ "#, count: 60)
        var value = ""
        for (number, line) in lines(of: try Self.disposition(name)).dropFirst().enumerated() {
            #expect(line.utf8.count <= 78)
            let match = try #require(line.wholeMatch(of: #/\ filename\*(\d+)="((?:[^"\\]|\\.)*)";?/#))
            #expect(match.1 == "\(number)")
            value += match.2
        }
        #expect(value.replacing(/\\(.)/) { $0.1 } == name)
    }

    @Test("R2231-1 numbers go beyond nine without gaps, on lines that stay short")
    func manyContinuations() throws {
        let field = try Self.disposition(String(repeating: "語", count: 1000))
        let numbers = field.matches(of: /\*(\d+)\*=/).map { Int($0.1) }
        #expect(numbers == Array(0..<numbers.count))
        #expect(numbers.count > 100)
        #expect(lines(of: field).allSatisfy { $0.utf8.count <= 78 })
    }

    @Test(
        "S-B4 S-B3.3 control characters in a value are refused",
        arguments: ["a\tb", "a\r\nInjected: 1", "a\nb", "a\rb", "a\u{0}", "\u{7F}", "\u{85}", "\u{2028}"]
    )
    func controls(value: String) {
        let error = #expect(throws: MessageError.self) { try Parameter("filename", value) }
        #expect(error?.reason == .controlCharacter)
    }

    @Test(
        "S-B4 the name of a parameter is a token",
        arguments: [
            "", "a b", "a;b", "a=b", "a\"", "a*", "a*0", "a'", "a%", "é", "a\r\nb",
            String(repeating: "a", count: 41),
        ]
    )
    func names(name: String) {
        let error = #expect(throws: MessageError.self) { try Parameter(name, "x") }
        #expect(error?.reason == .invalidParameter)
    }

    @Test(
        "S-B4.5 octets that are not UTF-8 are refused",
        arguments: [[0xFF], [0xC3], [0xED, 0xA0, 0x80], [0xC0, 0x80]] as [[UInt8]]
    )
    func octets(octets: [UInt8]) throws {
        let error = #expect(throws: MessageError.self) { try Parameter("filename", octets: octets) }
        #expect(error?.reason == .invalidParameter)
        #expect(throws: MessageError.self) { try FileName(octets: octets) }
        #expect(try Parameter("filename", octets: [0xC3, 0xA9]).value == "é")
    }

    @Test("A parameter that stands twice is refused, and a value that is no token")
    func refused() throws {
        let twice = [try Parameter("name", "a"), try Parameter("NAME", "b")]
        #expect(throws: MessageError.self) { try encoded(.contentType, .parameterized("text/plain", twice)) }
        for value in ["", "a b", "a/", "/b", "a/b/c", "a;b", "a\r\nb", "é"] {
            let error = #expect(throws: MessageError.self) {
                try encoded(.contentType, .parameterized(value, []))
            }
            #expect(error?.reason == .invalidFieldValue)
        }
    }

    @Test("A value far too long is refused")
    func tooLarge() {
        let error = #expect(throws: MessageError.self) {
            try Parameter("name", String(repeating: "a", count: Parameter.maximumValueLength + 1))
        }
        #expect(error?.reason == .tooLarge)
    }

    private static func percentDecoded(_ text: Substring) -> [UInt8]? {
        var octets: [UInt8] = []
        var rest = text.utf8
        while let octet = rest.popFirst() {
            guard octet == UInt8(ascii: "%") else {
                octets.append(octet)
                continue
            }
            guard rest.count >= 2,
                let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16)
            else { return nil }
            octets.append(value)
            rest = rest.dropFirst(2)
        }
        return octets
    }
}
