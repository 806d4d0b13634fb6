import MailAddress
import MailMessage
import Testing

@Suite("ContentIdentifier")
struct ContentIdentifierTests {
    @Test(
        "R2392-1 the URL has no angle brackets and is percent-encoded",
        arguments: [
            ("logo@example.org", "cid:logo@example.org"), ("<logo@example.org>", "cid:logo@example.org"),
            ("foo4%foo1@bar.net", "cid:foo4%25foo1@bar.net"), ("a&b'c@x", "cid:a%26b%27c@x"),
            ("a+b/c?d#e@[192.0.2.1]", "cid:a%2Bb%2Fc%3Fd%23e@%5B192.0.2.1%5D"), ("a-._~@x", "cid:a-._~@x"),
        ]
    )
    func urls(text: String, url: String) throws {
        #expect(try ContentIdentifier(text).url == url)
    }

    @Test("R2392-1 a field has the angle brackets")
    func field() throws {
        #expect(
            try encoded(.contentID, .contentID(ContentIdentifier("logo@x"))) == "Content-ID: <logo@x>\r\n"
        )
    }

    @Test(
        "R2392-1 S-B3.3 what is no identifier is refused",
        arguments: ["", "logo", "a b@x", "a@b>", "a@b\r\nInjected: 1", "é@b", "a@b@c"]
    )
    func refused(text: String) {
        let error = #expect(throws: MessageError.self) { try ContentIdentifier(text) }
        #expect(error?.reason == .invalidContentID)
    }

    @Test("R2392-1 an identifier that is made is unique")
    func unique() throws {
        var generator = SystemRandomNumberGenerator()
        let domain = try MailDomain("example.org")
        let made = (0..<1000).map { _ in ContentIdentifier.unique(domain: domain, using: &generator) }
        #expect(Set(made).count == 1000)
        #expect(made.allSatisfy { $0.value.wholeMatch(of: /[a-z2-7]{26}@example\.org/) != nil })
    }
}
