import SMTPCore
import Testing

@Suite("Replies: enhanced status codes")
struct EnhancedStatusCodeTests {
    static let codes: [(line: String, code: String?, text: String)] = [
        ("250 2.1.0 Ok", "2.1.0", "Ok"),
        ("250 2.1.0", "2.1.0", ""),
        ("250 2.1.0 ", "2.1.0", ""),
        ("250 2.1.0  two spaces", "2.1.0", " two spaces"),
        ("451 4.7.1 later", "4.7.1", "later"),
        ("550 5.123.456 no", "5.123.456", "no"),
        ("550 5.0.0 no", "5.0.0", "no"),
        // The class must be that of the reply.
        ("250 4.1.0 Ok", nil, "4.1.0 Ok"),
        ("550 2.1.0 Ok", nil, "2.1.0 Ok"),
        ("450 5.1.1 no", nil, "5.1.1 no"),
        ("354 3.0.0 go", nil, "3.0.0 go"),
        ("334 2.0.0", nil, "2.0.0"),
        // Not of the form, so it is text.
        ("250 2.1", nil, "2.1"),
        ("250 2.1. x", nil, "2.1. x"),
        ("250 2..0 x", nil, "2..0 x"),
        ("250 .1.0 x", nil, ".1.0 x"),
        ("250 2.1.0.4 x", nil, "2.1.0.4 x"),
        ("250 2.1.0: x", nil, "2.1.0: x"),
        ("250 2.1.0\tx", nil, "2.1.0\tx"),
        ("250 2.1.0x", nil, "2.1.0x"),
        ("250 2.1000.0 x", nil, "2.1000.0 x"),
        ("250 2.1.1000 x", nil, "2.1.1000 x"),
        ("250 02.1.0 x", nil, "02.1.0 x"),
        ("250 002.1.0 x", nil, "002.1.0 x"),
        ("250  2.1.0 x", nil, " 2.1.0 x"),
        ("250 #2.1.0 x", nil, "#2.1.0 x"),
        ("550 5.1.99999999999999999999 x", nil, "5.1.99999999999999999999 x"),
        ("250 192.0.2.1 x", nil, "192.0.2.1 x"),
        ("250", nil, ""),
    ]

    @Test("R2034-1 a code at the start of the text, of the class of the reply", arguments: codes)
    func first(line: String, code: String?, text: String) throws {
        let reply = try ReplyReader.reply(line + "\r\n")
        #expect(reply.enhancedStatus?.description == code)
        #expect(reply.text == text)
    }

    @Test("R2034-2 the code stands on every line and is left out of the text on each")
    func everyLine() throws {
        let reply = try ReplyReader.reply(
            "550-5.7.1 no\r\n550-5.7.1 really\r\n550-not 5.7.1\r\n550 5.7.1 \r\n"
        )
        #expect(reply.text == "no\nreally\nnot 5.7.1\n")
        #expect(reply.enhancedStatus == EnhancedStatusCode(5, 7, 1))
    }

    @Test("R2034-3 Q22 code, enhanced code, text and the raw text are all there, whatever was offered")
    func raw() throws {
        let reply = try ReplyReader.reply("550-5.7.1 no\r\n550 5.7.1 way\r\n")
        #expect(reply.code.value == 550)
        #expect(reply.enhancedStatus?.description == "5.7.1")
        #expect(reply.text == "no\nway")
        #expect(reply.lines == ["5.7.1 no", "5.7.1 way"])
        #expect(reply.rawText == Array("5.7.1 no\n5.7.1 way".utf8))
    }

    @Test("R2034-2 a host name or a keyword that looks like a code is no code to EHLO")
    func hello() throws {
        let reply = try ReplyReader.reply("250-2.0.0 hello\r\n250-SIZE 100\r\n250 2.0.0 x\r\n")
        let extensions = ServerExtensions(ehlo: reply)
        #expect(extensions.serverName == "2.0.0")
        #expect(extensions.maximumMessageSize == 100)
    }

    @Test(
        "R3463-1 an unknown subject or detail keeps its class",
        arguments: ["5.99.1", "5.1.777", "5.999.999"]
    )
    func unknown(code: String) throws {
        let status = try #require(try ReplyReader.reply("554 \(code) no\r\n").enhancedStatus)
        #expect(status.statusClass == 5)
        #expect(status.description == code)
    }

    static let outside = [
        (0, 1, 1), (1, 1, 1), (3, 1, 1), (6, 1, 1), (2, -1, 0), (2, 1000, 0), (2, 0, 1000), (2, 0, -1),
    ]

    @Test("R3463-1 no code of another class, and no number beyond three digits", arguments: outside)
    func initializer(statusClass: Int, subject: Int, detail: Int) {
        #expect(EnhancedStatusCode(statusClass, subject, detail) == nil)
    }
}
