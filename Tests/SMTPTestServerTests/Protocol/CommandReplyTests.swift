import Testing

@testable import SMTPTestServer

@Suite("Replies to commands")
struct CommandReplyTests {
    struct Row: CustomTestStringConvertible, Sendable {
        let input: [String]
        let codes: [Int]
        var flavour = SMTPTestServer.Flavour.smtp
        var testDescription: String { self.input.joined(separator: " | ") }
    }

    private static let mail = ["EHLO c", "MAIL FROM:<a@x>"]
    private static let recipient = ["EHLO c", "MAIL FROM:<a@x>", "RCPT TO:<b@y>"]

    private static let rows: [Row] = [
        Row(input: ["EHLO client.example"], codes: [250]),
        Row(input: ["ehlo client.example"], codes: [250]),
        Row(input: ["HELO client.example"], codes: [250]),
        Row(input: ["LHLO client.example"], codes: [500]),
        Row(input: ["LHLO client.example"], codes: [250], flavour: .lmtp),
        Row(input: ["EHLO client.example"], codes: [500], flavour: .lmtp),
        Row(input: ["HELO client.example"], codes: [500], flavour: .lmtp),
        Row(input: ["EHLO"], codes: [501]),
        Row(input: ["EHLO a b"], codes: [501]),
        Row(input: ["NOOP", "NOOP anything"], codes: [250, 250]),
        Row(input: ["RSET", "RSET x"], codes: [250, 501]),
        Row(input: ["HELP", "HELP MAIL"], codes: [214, 214]),
        Row(input: ["VRFY", "VRFY bob"], codes: [501, 252]),
        Row(input: ["EXPN list"], codes: [502]),
        Row(input: ["QUIT now", "QUIT"], codes: [501, 221]),
        Row(input: ["STARTTLS"], codes: [502]),
        Row(input: ["AUTH PLAIN"], codes: [502]),
        Row(input: ["ETRN x"], codes: [502]),
        Row(input: ["FOO"], codes: [500]),
        Row(input: [""], codes: [500]),
        Row(input: ["NO\u{0}OP"], codes: [500]),
        Row(input: ["NOOP \u{9}"], codes: [500]),
        Row(input: ["NOOP a\rb"], codes: [500]),
        Row(input: ["MAIL FROM:<a@x>"], codes: [503]),
        Row(input: ["RCPT TO:<a@x>"], codes: [503]),
        Row(input: ["DATA"], codes: [503]),
        Row(input: mail + ["MAIL FROM:<a@x>"], codes: [250, 250, 503]),
        Row(input: mail + ["RSET", "MAIL FROM:<a@x>"], codes: [250, 250, 250, 250]),
        Row(input: mail + ["EHLO d", "MAIL FROM:<a@x>"], codes: [250, 250, 250, 250]),
        Row(input: mail + ["DATA"], codes: [250, 250, 554]),
        Row(input: recipient + ["DATA x"], codes: [250, 250, 250, 501]),
        Row(input: recipient + ["DATA"], codes: [250, 250, 250, 354]),
        Row(input: ["LHLO c", "MAIL FROM:<a@x>", "DATA"], codes: [250, 250, 503], flavour: .lmtp),
        Row(input: ["HELO c", "MAIL FROM:<a@x> SIZE=3"], codes: [250, 555]),
        Row(
            input: ["EHLO c", "MAIL FROM:<a@x> BODY=BINARYMIME", "RCPT TO:<b@y>", "DATA"],
            codes: [250, 250, 250, 503]
        ),
    ]

    @Test("one reply per command", arguments: rows)
    func replies(_ row: Row) {
        let dialogue = Dialogue(.init(flavour: row.flavour))
        var codes: [Int] = []
        for line in row.input {
            codes += dialogue.send(line + "\r\n")
        }
        #expect(codes == row.codes)
    }

    private static let envelopes: [(String, Int)] = [
        ("MAIL FROM:<>", 250),
        ("MAIL FROM:<a@x.example>", 250),
        ("mail from:<a@x.example>", 250),
        ("MAIL FROM:<a@[127.0.0.1]>", 250),
        ("MAIL FROM:<a@[IPv6:::1]>", 250),
        ("MAIL FROM:<\"a b\"@x.example>", 250),
        ("MAIL FROM:<\"a>b\"@x.example>", 250),
        ("MAIL FROM:<\"a\\\"b\"@x.example>", 250),
        ("MAIL FROM:<@relay,@relay2:a@x.example>", 250),
        ("MAIL FROM:<a@x.example> SIZE=100", 250),
        ("MAIL FROM:<a@x.example> SIZE=52428801", 552),
        ("MAIL FROM:<a@x.example> SIZE=99999999999999999999", 552),
        ("MAIL FROM:<a@x.example> SIZE=", 501),
        ("MAIL FROM:<a@x.example> SIZE", 501),
        ("MAIL FROM:<a@x.example> SIZE=-1", 501),
        ("MAIL FROM:<a@x.example> SIZE=1 SIZE=1", 501),
        ("MAIL FROM:<a@x.example> BODY=8BITMIME RET=HDRS ENVID=a+20b", 250),
        ("MAIL FROM:<a@x.example> BODY=9BIT", 555),
        ("MAIL FROM:<a@x.example> RET=ALL", 501),
        ("MAIL FROM:<a@x.example> ENVID=a+2", 501),
        ("MAIL FROM:<a@x.example> ENVID=a+2b", 501),
        ("MAIL FROM:<a@x.example> NOTIFY=NEVER", 555),
        ("MAIL FROM:<a@x.example> REQUIRETLS", 555),
        ("MAIL FROM:<a@x.example> XFOO=1", 555),
        ("MAIL FROM:<a@x.example> XBAR=1", 250),
        ("MAIL FROM:<a@x.example> X_=1", 501),
        ("MAIL FROM:<a@x.example> SMTPUTF8=1", 501),
        ("MAIL FROM:<ü@x.example> SMTPUTF8", 250),
        ("MAIL FROM:<ü@x.example>", 553),
        ("MAIL FROM: <a@x.example>", 501),
        ("MAIL FROM:a@x.example", 501),
        ("MAIL FROM:<a@x.example", 501),
        ("MAIL FROM:<a@x.example>SIZE=1", 501),
        ("MAIL FROM:<a@x.example>  SIZE=1", 501),
        ("MAIL FROM:<a@x.example> ", 501),
        ("MAIL <a@x.example>", 501),
        ("MAIL", 501),
        ("MAIL FROM:<a>", 553),
        ("MAIL FROM:<a@>", 553),
        ("MAIL FROM:<@x>", 553),
        ("MAIL FROM:<a..b@x>", 553),
        ("MAIL FROM:<.a@x>", 553),
        ("MAIL FROM:<a@x..y>", 553),
        ("MAIL FROM:<a@-x>", 553),
        ("MAIL FROM:<a@x_y>", 553),
        ("MAIL FROM:<a b@x>", 553),
        ("MAIL FROM:<\"a@x>", 501),
        ("MAIL FROM:<\"a\"b@x>", 553),
        ("MAIL FROM:<a@[]>", 553),
        ("MAIL FROM:<\(String(repeating: "a", count: 65))@x>", 553),
        ("MAIL FROM:<\(String(repeating: "a", count: 64))@x>", 250),
        ("MAIL FROM:<a@\(String(repeating: "x", count: 64))>", 553),
    ]

    @Test("syntax of MAIL", arguments: envelopes)
    func mail(line: String, code: Int) {
        let extensions = SMTPTestServer.Configuration.standardExtensions() + ["XBAR"]
        let dialogue = Dialogue(.init(extensions: extensions))
        dialogue.send("EHLO c\r\n")
        #expect(dialogue.send(line + "\r\n") == [code])
    }

    @Test(
        "syntax of RCPT",
        arguments: [
            ("RCPT TO:<b@y.example>", 250),
            ("RCPT TO:<Postmaster>", 250),
            ("RCPT TO:<>", 553),
            ("RCPT TO:<b@y> NOTIFY=SUCCESS,DELAY ORCPT=rfc822;b@y", 250),
            ("RCPT TO:<b@y> NOTIFY=NEVER,DELAY", 501),
            ("RCPT TO:<b@y> NOTIFY=", 501),
            ("RCPT TO:<b@y> ORCPT=b@y", 501),
            ("RCPT TO:<b@y> ORCPT=utf-8;\\x{FC}@y", 250),
            ("RCPT TO:<b@y> SIZE=1", 555),
            ("RCPT TO: <b@y>", 501),
            ("RCPT TO:<ü@y>", 553),
        ]
    )
    func recipient(line: String, code: Int) {
        let dialogue = Dialogue()
        dialogue.send("EHLO c\r\nMAIL FROM:<>\r\n")
        #expect(dialogue.send(line + "\r\n") == [code])
    }

    @Test func ehloListsTheExtensionsAsGiven() {
        let dialogue = Dialogue(.init(hostname: "h", extensions: ["SIZE 1", "", "x junk \u{7}"]))
        dialogue.send("EHLO c\r\n")
        #expect(
            dialogue.text
                == "220 h ESMTP ready\r\n250-h greets you\r\n250-SIZE 1\r\n250-\r\n250 x junk \u{7}\r\n"
        )
    }

    @Test func greetingIsConfigurable() {
        #expect(Dialogue(.init(greeting: "hi")).text == "220 hi\r\n")
        #expect(Dialogue(.init(flavour: .lmtp, hostname: "h")).text == "220 h LMTP ready\r\n")
    }

    @Test func statusCodesOnlyWhereOffered() {
        let dialogue = Dialogue(.init(extensions: []))
        dialogue.send("NOOP\r\n")
        #expect(dialogue.text.hasSuffix("\r\n250 Ok\r\n"))
    }

    @Test func expandGivesTheMembersOfAList() {
        let dialogue = Dialogue(.init(lists: ["staff": ["<a@x>", "<b@x>"]]))
        #expect(dialogue.send("EXPN staff\r\nEXPN other\r\nEXPN\r\n") == [250, 550, 501])
        #expect(dialogue.text.contains("250-2.1.5 <a@x>\r\n250 2.1.5 <b@x>\r\n"))
    }

    @Test func quitClosesAndObeysNothingBehind() {
        let dialogue = Dialogue()
        #expect(dialogue.send("QUIT\r\nNOOP\r\n") == [221])
        #expect(dialogue.isClosed)
        #expect(dialogue.send("NOOP\r\n").isEmpty)
    }
}
