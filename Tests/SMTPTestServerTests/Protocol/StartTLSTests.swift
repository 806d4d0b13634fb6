import Testing

@testable import SMTPTestServer

@Suite("STARTTLS (RFC 3207)")
struct StartTLSTests {
    private func dialogue(
        _ script: SMTPTestServer.Script = [],
        extensions: [String]? = nil,
        extensionsAfterTLS: [String]? = nil,
        requiresTLS: Bool = false,
        flavour: SMTPTestServer.Flavour = .smtp
    ) -> Dialogue {
        Dialogue(
            .init(
                flavour: flavour,
                tls: .stub(.command),
                requiresTLS: requiresTLS,
                extensions: extensions,
                extensionsAfterTLS: extensionsAfterTLS,
                users: ["u": "p"],
                script: script
            )
        )
    }

    @Test("R3207-1 offered before TLS, not after it")
    func offer() {
        let dialogue = self.dialogue()
        dialogue.send("EHLO c\r\n")
        #expect(dialogue.text.contains("250-STARTTLS\r\n"))
        #expect(dialogue.send("STARTTLS\r\n") == [220])
        #expect(dialogue.hello == nil)
        dialogue.send("hello")
        #expect(dialogue.hello == Array("hello".utf8))
        #expect(dialogue.secure().isEmpty)
        let before = dialogue.text.count
        #expect(dialogue.send("EHLO c\r\n") == [250])
        #expect(!dialogue.text.dropFirst(before).contains("STARTTLS"))
        #expect(dialogue.text.dropFirst(before).contains("250-PIPELINING\r\n"))
    }

    @Test(
        "R3207-1 replies",
        arguments: [
            (["STARTTLS"], [503]), (["HELO c", "STARTTLS"], [250, 503]),
            (["EHLO c", "STARTTLS x"], [250, 501]), (["EHLO c", "STARTTLS "], [250, 501]),
            (["EHLO c", "STARTTLS x", "starttls"], [250, 501, 220]),
        ]
    )
    func replies(commands: [String], codes: [Int]) {
        let dialogue = self.dialogue()
        #expect(commands.flatMap { dialogue.send($0 + "\r\n") } == codes)
    }

    @Test func notOfferedIsNotKnown() {
        let none = Dialogue()
        #expect(none.send("EHLO c\r\nSTARTTLS\r\n") == [250, 502])
        let implicit = Dialogue(.init(tls: .stub(.connection)))
        #expect(implicit.text.isEmpty)
        implicit.send("hello")
        #expect(implicit.secure() == [220])
        #expect(implicit.send("EHLO c\r\nSTARTTLS\r\n") == [250, 503])
        #expect(!implicit.text.contains("STARTTLS\r\n"))
        let unable = Dialogue(.init(extensions: ["STARTTLS"]))
        #expect(unable.send("EHLO c\r\nSTARTTLS\r\n") == [250, 454])
    }

    @Test("S-C5.2 offered inside TLS by fault, and refused")
    func offeredTwice() {
        let dialogue = self.dialogue(extensionsAfterTLS: ["STARTTLS"])
        dialogue.send("EHLO c\r\nSTARTTLS\r\n")
        dialogue.send("hello")
        dialogue.secure()
        #expect(dialogue.send("EHLO c\r\nSTARTTLS\r\n") == [250, 503])
        #expect(dialogue.text.contains("250-STARTTLS\r\n250 AUTH PLAIN LOGIN\r\n503"))
    }

    @Test("R3207-3 all is forgotten")
    func forgotten() {
        let dialogue = self.dialogue()
        dialogue.send("EHLO c\r\nAUTH PLAIN AHUAcA==\r\nMAIL FROM:<a@x>\r\nRCPT TO:<b@y>\r\nSTARTTLS\r\n")
        #expect(dialogue.user == "u")
        dialogue.send("hello")
        dialogue.secure()
        #expect(dialogue.user == nil)
        // Q08: no MAIL before a second EHLO.
        #expect(dialogue.send("RCPT TO:<b@y>\r\nDATA\r\nMAIL FROM:<a@x>\r\n") == [503, 503, 503])
        #expect(dialogue.send("AUTH PLAIN AHUAcA==\r\n") == [502])
        #expect(dialogue.send("EHLO c\r\nAUTH PLAIN AHUAcA==\r\nMAIL FROM:<a@x>\r\n") == [250, 235, 250])
        dialogue.send("RCPT TO:<b@y>\r\nDATA\r\n.\r\n")
        #expect(dialogue.messages.map(\.isEncrypted) == [true])
    }

    @Test("Q71 LMTP")
    func lmtp() {
        let dialogue = self.dialogue(flavour: .lmtp)
        #expect(dialogue.send("LHLO c\r\nSTARTTLS\r\n") == [250, 220])
        dialogue.send("hello")
        dialogue.secure()
        #expect(dialogue.send("MAIL FROM:<>\r\nLHLO c\r\nMAIL FROM:<>\r\n") == [503, 250, 250])
    }

    @Test("R3207-5 what stands behind the command is recorded, never obeyed", arguments: ["RSET\r\n", "R"])
    func injection(text: String) {
        let dialogue = self.dialogue()
        dialogue.send("EHLO c\r\n")
        #expect(dialogue.send("STARTTLS\r\n\(text)") == [220])
        #expect(dialogue.injected == Array(text.utf8))
        #expect(dialogue.synchronizationErrors == ["STARTTLS"])
        #expect(dialogue.hello == nil)
        dialogue.send("hello")
        dialogue.secure()
        #expect(dialogue.send("NOOP\r\n") == [250])
        #expect(dialogue.verbs == ["EHLO", "STARTTLS", "NOOP"])
    }

    @Test func whatComesBehindThe220IsForTLS() {
        let gate = SMTPTestServer.Gate()
        let dialogue = self.dialogue([
            .on(.command("STARTTLS"), .reply("220 go"), .hold(gate), .raw("250 evil\r\n"))
        ])
        dialogue.send("EHLO c\r\n")
        dialogue.send("STARTTLS\r\n")
        #expect(dialogue.send("hello").isEmpty)
        #expect(dialogue.hello == nil)
        #expect(dialogue.open() == [250])
        #expect(dialogue.hello == Array("hello".utf8))
        #expect(dialogue.injected.isEmpty)
        #expect(dialogue.synchronizationErrors.isEmpty)
    }

    @Test("S-C2.2 no TLS behind other codes", arguments: [454, 250, 221, 354, 501, 502, 530])
    func refused(code: Int) {
        let dialogue = self.dialogue([.on(.command("STARTTLS"), .reply("\(code) no"))])
        #expect(dialogue.send("EHLO c\r\nSTARTTLS\r\nNOOP\r\n") == [250, code, 250])
        #expect(dialogue.hello == nil)
    }

    @Test("S-C1.1 octets behind the 220, and S-C1.3 a 220 of two lines")
    func scripted220() {
        for text in ["220 go\r\n250 evil\r\n", "220-x\r\n220 go\r\n"] {
            let dialogue = self.dialogue([.on(.command("STARTTLS"), .raw(text))])
            dialogue.send("EHLO c\r\nSTARTTLS\r\n")
            #expect(dialogue.text.hasSuffix(text))
            dialogue.send("hello")
            #expect(dialogue.hello != nil)
        }
    }

    @Test("S-C2.2 220, and no TLS")
    func noTLS() {
        let dialogue = self.dialogue([.on(.clientHello, .raw("garbage\r\n"))])
        dialogue.send("EHLO c\r\nSTARTTLS\r\n")
        // A record is not looked at before it is complete.
        #expect(dialogue.send([0x16, 3, 1, 0]).isEmpty)
        #expect(!dialogue.text.hasSuffix("garbage\r\n"))
        dialogue.send([1, 0])
        #expect(dialogue.text.hasSuffix("garbage\r\n"))
        #expect(dialogue.hello == nil)
        #expect(dialogue.send("\r\nNOOP\r\n") == [500, 250])
        #expect(dialogue.lines.last == "NOOP")
    }

    /// A ClientHello by hand: no session id, one cipher suite, one compression method.
    private static func hello(extensions: [UInt8]) -> [UInt8] {
        let body: [UInt8] =
            [3, 3] + Array(repeating: 0, count: 32) + [0, 0, 2, 0x13, 1, 1, 0]
            + [0, UInt8(extensions.count)] + extensions
        return [0x16, 3, 1, 0, UInt8(body.count + 4), 1, 0, 0, UInt8(body.count)] + body
    }

    @Test(
        "the name in SNI",
        arguments: [
            ([], nil), ([0, 0, 0, 6, 0, 4, 0, 0, 1, 0x61], "a"),
            ([0, 9, 0, 1, 0xFF, 0, 0, 0, 7, 0, 5, 0, 0, 2, 0x61, 0x62], "ab"),
            ([0, 0, 0, 6, 0, 4, 0, 0, 2, 0x61], nil),
            ([0, 0, 0, 0], nil), ([0, 0, 0xFF, 0xFF], nil), ([0], nil),
        ] as [([UInt8], String?)]
    )
    func serverName(extensions: [UInt8], name: String?) {
        let octets = Self.hello(extensions: extensions)
        for cut in 1..<octets.count {
            let dialogue = self.dialogue()
            dialogue.send("EHLO c\r\nSTARTTLS\r\n")
            dialogue.send(Array(octets[..<cut]))
            #expect(dialogue.hello == nil)
            dialogue.send(Array(octets[cut...]))
            #expect(dialogue.hello == octets)
            dialogue.secure()
            #expect(dialogue.serverName == name)
        }
    }

    @Test("Q31 the end before the ServerHello")
    func closedEarly() {
        let first = self.dialogue([.on(.command("STARTTLS"), .reply("220 go"), .close)])
        first.send("EHLO c\r\nSTARTTLS\r\n")
        #expect(first.isClosed)
        let second = self.dialogue([.on(.clientHello, .reset)])
        second.send("EHLO c\r\nSTARTTLS\r\n")
        #expect(!second.isReset)
        second.send("hello")
        #expect(second.isReset)
        #expect(second.hello == nil)
    }

    @Test func secondHandshakeStages() {
        let dialogue = self.dialogue([.on(.secured, .reply("250 early"), .inClear("x"), .truncate)])
        dialogue.send("EHLO c\r\nSTARTTLS\r\n")
        dialogue.send("hello")
        #expect(dialogue.secure() == [250])
        #expect(dialogue.inClear == Array("x".utf8))
        #expect(dialogue.isTruncated)
        #expect(dialogue.send("NOOP\r\n").isEmpty)
    }

    @Test func handshakeAfterTheEndSaysNothing() {
        let dialogue = self.dialogue([.on(.command("STARTTLS"), .reply("220 go"), .stall)])
        dialogue.send("EHLO c\r\nSTARTTLS\r\n")
        #expect(dialogue.secure().isEmpty)
        #expect(dialogue.send("NOOP\r\n").isEmpty)
    }

    @Test("RFC 3207 section 4: 530 to all but a few commands")
    func required() {
        let dialogue = self.dialogue(requiresTLS: true)
        #expect(
            dialogue.send(
                "HELO c\r\nEHLO c\r\nNOOP\r\nMAIL FROM:<>\r\nRSET\r\nFOO\r\nBDAT 2 LAST\r\nxyNOOP\r\n"
            )
                == [530, 250, 250, 530, 530, 530, 530, 250]
        )
        #expect(dialogue.send("STARTTLS\r\n") == [220])
        dialogue.send("hello")
        dialogue.secure()
        #expect(dialogue.send("EHLO c\r\nMAIL FROM:<>\r\n") == [250, 250])
    }
}
