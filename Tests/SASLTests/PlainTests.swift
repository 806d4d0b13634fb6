import SASL
import Testing

struct PlainTests {
    @Test("R4616-1 user and password with an empty authorisation identity")
    func vector() throws {
        var plain = try Plain(Credentials(username: "user", password: "pencil"))
        #expect(try plain.respond(to: nil) == Array("\0user\0pencil".utf8))
    }
}
