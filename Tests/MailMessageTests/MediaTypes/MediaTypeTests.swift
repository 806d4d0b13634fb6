import MailMessage
import Testing

@Suite("MediaType")
struct MediaTypeTests {
    @Test(
        "Media types are read, and written as they are meant",
        arguments: [
            ("text/plain", "text/plain"), ("TEXT/Plain; Charset=UTF-8", "text/plain; charset=UTF-8"),
            ("text/plain;charset=\"utf-8\";", "text/plain; charset=utf-8"),
            ("a/b ; name = \"x; y=\\\"z\\\"\"", "a/b; name=\"x; y=\\\"z\\\"\""),
            ("image/svg+xml", "image/svg+xml"),
            ("text/x; name=\"é\"", "text/x; name*=utf-8''%C3%A9"),
        ]
    )
    func parsing(text: String, value: String) throws {
        let mediaType = try MediaType(parsing: text)
        #expect(try unfolded(encoded(.contentType, .mediaType(mediaType))) == value)
    }

    @Test(
        "S-B3.3 S-B4 what is no media type is refused",
        arguments: [
            "", "text", "text/", "/plain", "text/plain x", "text/pl ain", "a/b; c", "a/b; c=", "a/b; =d",
            "a/b; c=\"d",
            "a/b; c=d; C=e", "a/b; c*=utf-8''d", "a/b; c*0=d", "é/b", "a/b\r\nInjected: 1",
            "a/b; c=\"\r\nInjected: 1\"",
            "a/b; c=\"\\", "a/b;;c=d",
        ]
    )
    func refused(text: String) {
        #expect(throws: MessageError.self) { try MediaType(parsing: text) }
    }

    @Test("A type and a subtype are tokens, and a parameter stands once")
    func making() throws {
        for (type, subtype) in [
            ("", "x"), ("x", ""), ("a b", "x"), ("x", "a/b"), ("x", String(repeating: "y", count: 128)),
        ] {
            let error = #expect(throws: MessageError.self) { try MediaType(type, subtype) }
            #expect(error?.reason == .invalidMediaType)
        }
        let parameters = [try Parameter("a", "1"), try Parameter("A", "2")]
        #expect(throws: MessageError.self) { try MediaType("x", "y", parameters: parameters) }
        let mediaType = try MediaType("Multipart", "Mixed", parameters: [Parameter("boundary", "x y")])
        #expect(mediaType.isMultipart)
        #expect(mediaType.parameter("BOUNDARY") == "x y")
        #expect(mediaType.setting(try Parameter("boundary", "z")).parameter("boundary") == "z")
    }

    @Test(
        "The extension of a file name tells the media type, but not the charset",
        arguments: [
            ("a.txt", "text/plain"), ("a.html", "text/html"), ("a.csv", "text/csv"),
            ("a.PDF", "application/pdf"), ("a.jpeg", "image/jpeg"),
            ("a.docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
            ("a.tar.gz", "application/gzip"), ("a.eml", "message/rfc822"),
            ("a.ics", "text/calendar"),
            ("a", "application/octet-stream"), ("a.unknown", "application/octet-stream"),
            (".txt", "application/octet-stream"), ("\n", "application/octet-stream"),
            ("dir.pdf/a.png", "image/png"),
        ]
    )
    func extensions(name: String, mediaType: String) {
        #expect(MediaType.forFile(named: name).description == mediaType)
    }

    @Test("S-B4 a text has 100 parameters at most", arguments: [100, 101, 15_000])
    func manyParameters(count: Int) throws {
        let text = "a/b" + (0..<count).map { ";\($0)=" + "v" }.joined().prefix(65_000)
        guard count > 100 else {
            #expect(try MediaType(parsing: text).parameters.count == count)
            return
        }
        let error = #expect(throws: MessageError.self) { try MediaType(parsing: text) }
        #expect(error?.reason == .tooLarge)
    }

    @Test("S-B4 each of many parameters is compared once", .timeLimit(.minutes(1)))
    func madeOfManyParameters() throws {
        let parameters = try (0..<20_000).map { try Parameter("p\($0)", "v") }
        #expect(try MediaType("x", "y", parameters: parameters).parameters == parameters)
        let last = [try Parameter("P19999", "w")]
        let error = #expect(throws: MessageError.self) {
            try MediaType("x", "y", parameters: parameters + last)
        }
        #expect(error?.reason == .invalidParameter)
        #expect(error?.field == "p19999")
    }

    @Test("An invitation has its method")
    func calendar() throws {
        let field = try encoded(.contentType, .mediaType(.calendar(method: "REQUEST")))
        #expect(unfolded(field) == "text/calendar; charset=utf-8; method=REQUEST")
        #expect(throws: MessageError.self) { try MediaType.calendar(method: "A B") }
    }
}
