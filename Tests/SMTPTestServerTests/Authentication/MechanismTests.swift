import Testing

@testable import SMTPTestServer

@Suite("SASL mechanisms")
struct MechanismTests {
    struct Row: CustomTestStringConvertible, Sendable {
        let input: [String]
        let codes: [Int]
        var user: String?
        var testDescription: String { self.input.joined(separator: " | ") }
    }

    private static func xoauth2(_ user: String, _ token: String) -> String {
        "user=\(user)\u{1}auth=Bearer \(token)\u{1}\u{1}".base64
    }

    private static func oauthbearer(_ header: String, _ pairs: String...) -> String {
        "\(header)\u{1}\(pairs.map { $0 + "\u{1}" }.joined())\u{1}".base64
    }

    private static let rows: [Row] = [
        Row(input: ["AUTH XOAUTH2", xoauth2("u", "t")], codes: [334, 235], user: "u"),
        Row(input: ["AUTH XOAUTH2 \(xoauth2("u", "x"))", "", "NOOP"], codes: [334, 535, 250]),
        Row(input: ["AUTH XOAUTH2 \(xoauth2("x", "t"))", ""], codes: [334, 535]),
        Row(input: ["AUTH XOAUTH2 \(xoauth2("u", "x"))", "AQ==", "NOOP"], codes: [334, 501, 250]),
        Row(input: ["AUTH XOAUTH2 \(xoauth2("u", "x"))", "*"], codes: [334, 501]),
        Row(input: ["AUTH XOAUTH2 \("user=u\u{1}auth=Bearer t\u{1}".base64)"], codes: [501]),
        Row(input: ["AUTH XOAUTH2 \("user=u\u{1}auth=Basic t\u{1}\u{1}".base64)"], codes: [501]),
        Row(input: ["AUTH OAUTHBEARER \(oauthbearer("n,a=u,", "auth=Bearer t"))"], codes: [235], user: "u"),
        Row(input: ["AUTH OAUTHBEARER \(oauthbearer("n,,", "auth=Bearer t"))"], codes: [235], user: "u"),
        Row(
            input: ["AUTH OAUTHBEARER", oauthbearer("y,a=u,", "host=h", "port=25", "auth=bearer t")],
            codes: [334, 235],
            user: "u"
        ),
        Row(
            input: ["AUTH OAUTHBEARER \(oauthbearer("n,a=a=2Cb,", "auth=Bearer w"))"],
            codes: [235],
            user: "a,b"
        ),
        Row(
            input: ["AUTH OAUTHBEARER \(oauthbearer("n,a=u,", "auth=Bearer x"))", "AQ==", "NOOP"],
            codes: [334, 535, 250]
        ),
        Row(input: ["AUTH OAUTHBEARER \(oauthbearer("n,a=u,", "auth=Bearer x"))", ""], codes: [334, 501]),
        Row(input: ["AUTH OAUTHBEARER \(oauthbearer("n,a=u", "auth=Bearer t"))"], codes: [501]),
        Row(input: ["AUTH OAUTHBEARER \(oauthbearer("p=x,a=u,", "auth=Bearer t"))"], codes: [501]),
        Row(input: ["AUTH OAUTHBEARER \(oauthbearer("n,a=u,", "host=h"))"], codes: [501]),
        Row(input: ["AUTH CRAM-MD5 dQ=="], codes: [501]),
        Row(input: ["AUTH CRAM-MD5", "u 00".base64], codes: [334, 501]),
        Row(input: ["AUTH CRAM-MD5", "u \(String(repeating: "0", count: 32))".base64], codes: [334, 535]),
        Row(input: ["AUTH CRAM-MD5", "x \(String(repeating: "0", count: 32))".base64], codes: [334, 535]),
        Row(input: ["AUTH CRAM-MD5", "*", "NOOP"], codes: [334, 501, 250]),
        Row(input: ["AUTH ANONYMOUS", "sirhc".base64], codes: [334, 235], user: "anonymous"),
        Row(input: ["AUTH ANONYMOUS ="], codes: [235], user: "anonymous"),
        Row(input: ["AUTH ANONYMOUS \(String(repeating: "x", count: 256).base64)"], codes: [501]),
        Row(input: ["AUTH EXTERNAL ="], codes: [235], user: "client"),
        Row(input: ["AUTH EXTERNAL", ""], codes: [334, 235], user: "client"),
        Row(input: ["AUTH EXTERNAL \("client".base64)"], codes: [235], user: "client"),
        Row(input: ["AUTH EXTERNAL \("other".base64)"], codes: [535]),
        Row(input: ["AUTH EXTERNAL \("client\u{0}".base64)"], codes: [501]),
        Row(input: ["AUTH PLAIN \("z\u{0}u\u{0}p".base64)"], codes: [235], user: "u"),
        Row(input: ["AUTH SCRAM-SHA-3 ="], codes: [504]),
    ]

    @Test("R4954-2 R7628-2 R7628-3 exchanges", arguments: rows)
    func exchanges(_ row: Row) {
        let dialogue = Dialogue(
            .init(
                tls: .stub(.connection),
                users: ["u": "p"],
                tokens: ["u": "t", "a,b": "w"],
                mechanisms: SMTPTestServer.Configuration.allMechanisms
            )
        )
        dialogue.send("hello")
        dialogue.secure(Dialogue.security(client: "client"))
        dialogue.send("EHLO c\r\n")
        #expect(row.input.flatMap { dialogue.send($0 + "\r\n") } == row.codes)
        #expect(dialogue.user == row.user)
    }

    @Test("S-D7 the errors of bearer tokens are JSON")
    func bearerErrors() {
        for (mechanism, response, status) in [
            ("XOAUTH2", Self.xoauth2("u", "x"), "401"),
            ("OAUTHBEARER", Self.oauthbearer("n,a=u,", "auth=Bearer x"), "invalid_token"),
        ] {
            let dialogue = Dialogue(.init(tokens: ["u": "t"], mechanisms: [mechanism]))
            dialogue.send("EHLO c\r\nAUTH \(mechanism) \(response)\r\n")
            let json = String(dialogue.lastLine.dropFirst(4)).decoded
            #expect(json.hasPrefix("{") && json.contains(#""status":"\#(status)""#))
        }
    }

    @Test func externalWithoutCertificate() {
        let dialogue = Dialogue(.init(tls: .stub(.connection), mechanisms: ["EXTERNAL"]))
        dialogue.send("hello")
        dialogue.secure()
        #expect(dialogue.send("EHLO c\r\nAUTH EXTERNAL =\r\n") == [250, 535])
    }

    @Test func authorizationIdentityIsRecorded() {
        let dialogue = Dialogue(.init(users: ["u": "p"]))
        dialogue.send("EHLO c\r\nAUTH PLAIN \("z\u{0}u\u{0}p".base64)\r\n")
        #expect(dialogue.authentication == .init(user: "u", authorizationIdentity: "z", mechanism: "PLAIN"))
        dialogue.send("MAIL FROM:<>\r\nRCPT TO:<b@y>\r\nDATA\r\n.\r\n")
        #expect(dialogue.messages.first?.authentication == dialogue.authentication)
        #expect(dialogue.messages.first?.authenticatedUser == "u")
        #expect(dialogue.messages.first?.isEncrypted == false)
    }

    struct Listing: Sendable {
        let configuration: SMTPTestServer.Configuration
        var inClear: String?
        var inTLS: String?
    }

    private static let listings: [Listing] = [
        Listing(
            configuration: .init(users: ["u": "p"]),
            inClear: "AUTH PLAIN LOGIN",
            inTLS: "AUTH PLAIN LOGIN"
        ),
        Listing(
            configuration: .init(users: ["u": "p"], allowsAuthenticationInClear: false),
            inTLS: "AUTH PLAIN LOGIN"
        ),
        Listing(configuration: .init(mechanisms: ["PLAIN", "XOAUTH2"])),
        Listing(
            configuration: .init(tokens: ["u": "t"], mechanisms: ["XOAUTH2"]),
            inClear: "AUTH XOAUTH2",
            inTLS: "AUTH XOAUTH2"
        ),
        Listing(configuration: .init(mechanisms: ["EXTERNAL"]), inTLS: "AUTH EXTERNAL"),
        Listing(
            configuration: .init(mechanisms: ["anonymous"]),
            inClear: "AUTH anonymous",
            inTLS: "AUTH anonymous"
        ),
        Listing(
            configuration: .init(
                users: ["u": "p"],
                mechanisms: ["SCRAM-SHA-1-PLUS", "SCRAM-SHA-1", "EXTERNAL"]
            ),
            inClear: "AUTH SCRAM-SHA-1",
            inTLS: "AUTH SCRAM-SHA-1-PLUS SCRAM-SHA-1 EXTERNAL"
        ),
        Listing(
            configuration: .init(
                extensions: ["AUTH LOGIN"],
                extensionsAfterTLS: ["AUTH X"],
                users: ["u": "p"]
            ),
            inClear: "AUTH LOGIN",
            inTLS: "AUTH X"
        ),
    ]

    @Test("the AUTH line", arguments: listings)
    func authLine(_ listing: Listing) {
        let line = { (isEncrypted: Bool) in
            OfferedExtensions(listing.configuration, isEncrypted: isEncrypted).lines
                .first { $0.hasPrefix("AUTH") }
        }
        #expect(line(false) == listing.inClear)
        #expect(line(true) == listing.inTLS)
    }

    @Test("S-D1 AUTH in clear is refused where it is not allowed")
    func encryptionRequired() {
        let dialogue = Dialogue(
            .init(extensions: ["AUTH PLAIN"], users: ["u": "p"], allowsAuthenticationInClear: false)
        )
        dialogue.send("EHLO c\r\n")
        #expect(dialogue.send("AUTH PLAIN AHUAcA==\r\nNOOP\r\n") == [538, 250])
    }

    @Test func cramChallengesAreFresh() {
        let lines = (0..<8).map { _ in
            let dialogue = Dialogue(.init(users: ["u": "p"], mechanisms: ["CRAM-MD5"]))
            dialogue.send("EHLO c\r\nAUTH CRAM-MD5\r\n")
            return dialogue.lastLine.dropFirst(4).description.decoded
        }
        #expect(Set(lines).count == 8)
        #expect(lines.allSatisfy { $0.hasPrefix("<") && $0.hasSuffix("@mx.test.example>") })
    }
}
