import Testing

@testable import SMTPTestServer

@Suite("AUTH (RFC 4954)")
struct AuthenticationTests {
    struct Row: CustomTestStringConvertible, Sendable {
        let input: [String]
        let codes: [Int]
        var testDescription: String { self.input.joined(separator: " | ") }
    }

    // user "u", password "p": \0u\0p is AHUAcA==.
    private static let rows: [Row] = [
        Row(input: ["AUTH PLAIN AHUAcA=="], codes: [235]),
        Row(input: ["auth plain AHUAcA=="], codes: [235]),
        Row(input: ["AUTH PLAIN", "AHUAcA=="], codes: [334, 235]),
        Row(input: ["AUTH PLAIN AHUAeA=="], codes: [535]),
        Row(input: ["AUTH PLAIN AHgAcA=="], codes: [535]),
        Row(input: ["AUTH PLAIN AHUA"], codes: [535]),
        Row(input: ["AUTH PLAIN dQ=="], codes: [501]),
        Row(input: ["AUTH PLAIN ???"], codes: [501]),
        Row(input: ["AUTH PLAIN ="], codes: [501]),
        Row(input: ["AUTH PLAIN", "*", "NOOP"], codes: [334, 501, 250]),
        Row(input: ["AUTH LOGIN", "dQ==", "cA=="], codes: [334, 334, 235]),
        Row(input: ["AUTH LOGIN dQ==", "cA=="], codes: [334, 235]),
        Row(input: ["AUTH LOGIN", "dQ==", "dQ=="], codes: [334, 334, 535]),
        Row(input: ["AUTH LOGIN", "dQ", "NOOP"], codes: [334, 501, 250]),
        Row(input: ["AUTH LOGIN", "dQ==", "*", "AUTH PLAIN AHUAcA=="], codes: [334, 334, 501, 235]),
        Row(input: ["AUTH CRAM-MD5"], codes: [504]),
        Row(input: ["AUTH"], codes: [501]),
        Row(input: ["AUTH PLAIN AHUAcA==", "AUTH PLAIN AHUAcA=="], codes: [235, 503]),
        Row(input: ["MAIL FROM:<>", "AUTH PLAIN AHUAcA=="], codes: [250, 503]),
    ]

    @Test("exchanges", arguments: rows)
    func exchanges(_ row: Row) {
        let dialogue = Dialogue(.init(users: ["u": "p"]))
        dialogue.send("EHLO c\r\n")
        #expect(row.input.flatMap { dialogue.send($0 + "\r\n") } == row.codes)
        #expect(dialogue.user == (row.codes.contains(235) ? "u" : nil))
    }

    @Test func offeredWhenThereAreUsers() {
        let users = Dialogue(.init(users: ["u": "p"]))
        users.send("EHLO c\r\n")
        #expect(users.text.contains("250 AUTH PLAIN LOGIN\r\n"))
        let old = Dialogue(.init(extensions: ["AUTH=LOGIN"], users: ["u": "p"]))
        old.send("EHLO c\r\n")
        #expect(old.text.hasSuffix("250 AUTH=LOGIN\r\n"))
        #expect(old.send("AUTH PLAIN\r\nAUTH LOGIN\r\n") == [504, 334])
        let none = Dialogue()
        none.send("EHLO c\r\n")
        #expect(!none.text.contains("AUTH"))
        let early = Dialogue(.init(users: ["u": "p"]))
        #expect(early.send("AUTH PLAIN\r\n") == [502])
    }

    @Test func requiredBeforeMail() {
        let dialogue = Dialogue(.init(users: ["u": "p"], requiresAuthentication: true))
        #expect(dialogue.send("EHLO c\r\nMAIL FROM:<>\r\n") == [250, 530])
        #expect(dialogue.send("AUTH PLAIN AHUAcA==\r\nMAIL FROM:<>\r\n") == [235, 250])
        dialogue.send("RCPT TO:<b@y>\r\nDATA\r\n.\r\n")
        #expect(dialogue.messages.first?.authenticatedUser == "u")
    }

    @Test("a scripted mechanism", arguments: [235, 535])
    func scripted(code: Int) {
        let dialogue = Dialogue(
            .init(extensions: ["AUTH X-TOKEN"]),
            script: [
                .on(.command("AUTH"), .reply("334 Zmlyc3Q=")),
                .on(.authResponse(occurrence: 1), .reply("334 c2Vjb25k")),
                .on(.authResponse(occurrence: 2), .reply("\(code) done")),
            ]
        )
        dialogue.send("EHLO c\r\n")
        #expect(dialogue.send("AUTH X-TOKEN\r\none\r\ntwo\r\nNOOP\r\n") == [334, 334, code, 250])
        #expect((dialogue.user != nil) == (code == 235))
        #expect(dialogue.lines.suffix(3) == ["one", "two", "NOOP"])
        #expect(dialogue.verbs == ["EHLO", "AUTH", "NOOP"])
    }

    @Test func oddPromptsOfLogin() {
        let script: SMTPTestServer.Script = [.on(.command("AUTH"), .reply("334 User Name"))]
        let dialogue = Dialogue(.init(users: ["u": "p"]), script: script)
        dialogue.send("EHLO c\r\n")
        #expect(dialogue.send("AUTH LOGIN\r\ndQ==\r\ncA==\r\n") == [334, 334, 235])
    }

    @Test func challengesWithoutEnd() {
        let dialogue = Dialogue(
            .init(users: ["u": "p"]),
            script: [
                .on(.command("AUTH"), .reply("334 ")),
                .on(.authResponse(occurrence: .first(3)), .reply("334 ")),
            ]
        )
        dialogue.send("EHLO c\r\n")
        #expect(dialogue.send("AUTH PLAIN AHUAcA==\r\n\r\n\r\n\r\n*\r\n") == [334, 334, 334, 334, 501])
    }
}
