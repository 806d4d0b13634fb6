import MailMessage
import Testing

@Suite("HeaderFields")
struct HeaderFieldsTests {
    private static func sample() throws -> HeaderFields {
        var fields = HeaderFields()
        try fields.append("X-One", "1")
        fields.append(.subject, .text("first"))
        try fields.append("X-Two", "2")
        try fields.append("SUBJECT", "second")
        return fields
    }

    @Test("Fields stand in the order in which they were added")
    func order() throws {
        let fields = try Self.sample()
        #expect(fields.map(\.name.description) == ["X-One", "Subject", "X-Two", "SUBJECT"])
        #expect(fields.first(.subject)?.text == "first")
        #expect(fields.all(.subject).map(\.text) == ["first", "second"])
        #expect(fields.first(.from) == nil)
    }

    @Test("A field that is set takes the place of the first of its name, and of all others")
    func set() throws {
        var fields = try Self.sample()
        fields.set(.subject, .text("only"))
        #expect(fields.map(\.name.description) == ["X-One", "Subject", "X-Two"])
        #expect(fields.first(.subject)?.text == "only")
        try fields.set("X-Three", "3")
        #expect(fields.last?.name.description == "X-Three")
    }

    @Test("All fields of a name are removed")
    func remove() throws {
        var fields = try Self.sample()
        fields.remove(.subject)
        #expect(fields.map(\.name.description) == ["X-One", "X-Two"])
    }

    @Test("S-B3.2 text that is no name or no value is refused when it is added")
    func refused() throws {
        var fields = try Self.sample()
        #expect(throws: MessageError.self) { try fields.append("X: y\r\nBcc", "v@x") }
        #expect(throws: MessageError.self) { try fields.append("X-Note", "a\r\nBcc: v@x") }
        #expect(throws: MessageError.self) { try fields.set("Subject", "a\nBcc: v@x") }
        #expect(try fields == Self.sample())
    }

    @Test("All fields are written, in order, each on lines of its own")
    func encoding() throws {
        var encoder = FieldEncoder(allowsUTF8: false)
        try encoder.encode(Self.sample())
        let text = String(decoding: encoder.output, as: UTF8.self)
        #expect(text == "X-One: 1\r\nSubject: first\r\nX-Two: 2\r\nSUBJECT: second\r\n")
        #expect(!encoder.usedUTF8)
    }

    @Test("A field that is refused leaves nothing behind")
    func refusedEncoding() throws {
        var encoder = FieldEncoder(allowsUTF8: false)
        try encoder.encode(HeaderField(.subject, .text("fine")))
        #expect(throws: MessageError.self) { try encoder.encode(HeaderField(.subject, .text("not\nfine"))) }
        #expect(encoder.output == Array("Subject: fine\r\n".utf8))
    }
}
