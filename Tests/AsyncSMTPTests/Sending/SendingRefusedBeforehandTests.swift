import AsyncSMTP
import SMTPTestServer
import Testing

/// What cannot be sent is refused before an octet of it is written, and the session is as good as before.
@Suite("Refused before anything is sent")
struct SendingRefusedBeforehandTests {
    /// Checks that a session has said nothing but hello and is usable.
    private func expectNothingSent(
        _ server: SMTPTestServer,
        _ session: SMTPSession,
        hello: [String] = ["EHLO client.example"],
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        try await Loopback.expectUsable(session, sourceLocation: sourceLocation)
        #expect(server.commands == hello + ["NOOP"], sourceLocation: sourceLocation)
        let octets = server.sessions.first.map { String(decoding: $0.receivedOctets, as: UTF8.self) }
        #expect(octets == (hello + ["NOOP", ""]).joined(separator: "\r\n"), sourceLocation: sourceLocation)
    }

    @Test(
        "S-A1.1 S-A1 commands in an address",
        arguments: [
            "a@b\r\nRCPT TO:<evil@x>", "a@b\nRCPT TO:<evil@x>", "a@b\rRCPT TO:<evil@x>",
            "\"a\r\nRCPT TO:<evil@x>\"@b", "a@[192.0.2.1\r\nRCPT TO:<evil@x>]", "a@b>\r\nRCPT TO:<evil@x",
        ]
    )
    func injectedAddress(text: String) async throws {
        try await Loopback.withSession { server, session in
            try await session.hello()
            for error in [
                await #expect(throws: AddressError.self) { try await session.mail(from: ReversePath(text)) },
                await #expect(throws: AddressError.self) { try await session.rcpt(to: ForwardPath(text)) },
                await #expect(throws: AddressError.self) {
                    try await session.send(
                        Letter.content,
                        envelope: Envelope(from: text, to: ["b@y.example"])
                    )
                },
                await #expect(throws: AddressError.self) {
                    try await session.send(Letter.content, envelope: Envelope(from: "", to: [text]))
                },
            ] {
                let position = try #require(error?.position)
                #expect(Array(text.utf8)[position] == error?.byte)
            }
            try await self.expectNothingSent(server, session)
        }
    }

    @Test("S-A1.1 commands behind a CR in the header: CR ends a line, so that they are no address")
    func injectedHeader() async throws {
        let text = "From: a@x.example\r\nTo: b@y.example\rRCPT TO:<evil@x>\r\n\r\nbody\r\n"
        try await Loopback.withSession { server, session in
            try await session.send(RawMessage(.text(text)))
            #expect(server.messages.map(\.addresses) == [["b@y.example"]])
            #expect(server.commands.count { $0.hasPrefix("RCPT") } == 1)
        }
    }

    /// Every octet that must never stand in a command.
    private static let controls: [UInt8] = Array(0x00...0x1F) + [0x7F]

    /// Ways for a caller's text into a command.
    enum Way: String, Sendable, CaseIterable {
        case verify, expand, help, noop, command, putCommand, verb

        func send(_ text: String, over session: SMTPSession) async throws {
            switch self {
            case .verify: try await session.verify(text)
            case .expand: try await session.expand(text)
            case .help: try await session.help(text)
            case .noop: try await session.noop(text)
            case .command: try await session.command("NOOP", text)
            case .putCommand: try await session.putCommand("NOOP", text)
            case .verb: try await session.command(text)
            }
        }
    }

    @Test("S-A1.4 S-A1 control characters by every way into a command", arguments: Way.allCases)
    func control(way: Way) async throws {
        try await Loopback.withSession { server, session in
            try await session.hello()
            for byte in Self.controls {
                let control = String(Unicode.Scalar(byte))
                for (position, text) in [(0, control + "b"), (1, "a\(control)b"), (1, "a" + control)] {
                    let error = try await #require(throws: SMTPError.self) {
                        try await way.send(text, over: session)
                    }
                    #expect(error.code == .invalidArgument)
                    let cause = try #require(error.underlying as? CommandError)
                    #expect(cause.byte == byte)
                    #expect(cause.position == position)
                }
            }
            try await self.expectNothingSent(server, session)
        }
    }

    @Test("S-A1.4 line separators of Unicode", arguments: ["\u{85}", "\u{9F}", "\u{2028}", "\u{2029}"])
    func unicodeControl(control: String) async throws {
        try await Loopback.withSession { server, session in
            try await session.hello()
            for way in Way.allCases {
                let error = try await #require(throws: SMTPError.self) {
                    try await way.send("a\(control)b", over: session)
                }
                #expect(error.code == .invalidArgument)
            }
            try await self.expectNothingSent(server, session)
        }
    }

    @Test(
        "S-A2.1 S-A2 commands in the name for EHLO, HELO and LHLO",
        arguments: ["hi\nX-INJECTED", "hi\r\nX", "", " ", "a b", "a\0"]
    )
    func helloName(name: String) async throws {
        try await Loopback.withSession { server, session in
            for error in [
                await #expect(throws: AddressError.self) { try await session.ehlo(HelloName(name)) },
                await #expect(throws: AddressError.self) { try await session.helo(HelloName(name)) },
                await #expect(throws: AddressError.self) { try await session.lhlo(HelloName(name)) },
            ] { #expect(error != nil) }
            try await self.expectNothingSent(server, session, hello: [])
        }
    }

    @Test(
        "S-A3.1 S-A3 a quoted local part stays quoted on the wire",
        arguments: [
            "\"a@b> NOTIFY=NEVER\"@good.example", "\"a\\\"> SIZE=1\"@good.example", "\"a b\"@good.example",
            "\"<a@b>\"@good.example",
        ]
    )
    func quotedLocalPart(address: String) async throws {
        try await Loopback.withSession(.init(extensions: [])) { server, session in
            let envelope = try Envelope(from: address, to: [address])
            try await session.send(Letter.content, envelope: envelope)
            #expect(server.commands[1...2] == ["MAIL FROM:<\(address)>", "RCPT TO:<\(address)>"])
            #expect(server.messages.map(\.sender) == [address])
            #expect(server.messages.map(\.addresses) == [[address]])
        }
    }

    @Test(
        "S-A5.1 S-A5 URLs with something hidden in them",
        arguments: [
            "smtp://h%0d%0aX/?tls=none", "smtp://h%0d%0aX/", "smtp://h\r\nX/?tls=none",
            "smtp://h%00/?tls=none",
            "smtp://h%7F/?tls=none", "lmtp://h%0aX", "smtp+unix:///tmp/a%0ab", "lmtp+unix:///tmp/a%00",
            "smtp://a%20b/?tls=none", "smtp://h%zz/?tls=none", "smtp://h%2/?tls=none",
            "smtp://h%ff/?tls=none",
            "smtp://u:p@h/?tls=none", "smtp://h:25%0d/?tls=none", "smtp:///?tls=none", "h:25", "http://h/",
            "smtp://h/path?tls=none", "smtp://h?tls=none&tls=none", "smtp://h%2525/?tls=none",
        ]
    )
    func urls(url: String) throws {
        let error = try #require(throws: SMTPError.self) { try SMTPServer(url: url) }
        #expect([.invalidArgument, .notSupported].contains(error.code))
        #expect(error.description.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F })
    }

    @Test(
        "S-A5.1 URLs that are good",
        arguments: [
            ("smtp://mx.example?tls=none", "smtp://mx.example:25?tls=none"),
            ("SMTP://mx.example:2525/?tls=none", "smtp://mx.example:2525?tls=none"),
            ("smtp://b%C3%BCcher.example?tls=none", "smtp://xn--bcher-kva.example:25?tls=none"),
            ("smtps://mx.example", "smtps://mx.example:465"), ("smtp://mx.example/", "smtp://mx.example:587"),
            ("smtp://mx.example?tls=opportunistic", "smtp://mx.example:25?tls=opportunistic"),
            ("smtp://mx.example:2465?tls=implicit", "smtps://mx.example:2465"),
            ("lmtp://mx.example?tls=starttls", "lmtp://mx.example:24?tls=starttls"),
            ("smtp://[::1]:25?tls=none", "smtp://[::1]:25?tls=none"), ("lmtp://mx.example", "lmtp://mx.example:24"),
            ("smtp+unix:///tmp/a%20b", "smtp+unix:///tmp/a b"),
            ("lmtp+unix:///run/lmtp", "lmtp+unix:///run/lmtp"),
        ]
    )
    func goodURLs(url: String, description: String) throws {
        #expect(try SMTPServer(url: url).description == description)
    }

    @Test("Q60 S-F4.5 S-F4 a local part outside ASCII without SMTPUTF8", arguments: [true, false])
    func localPartOutsideASCII(isSender: Bool) async throws {
        try await Loopback.withSession(.init(extensions: ["8BITMIME", "PIPELINING"])) { server, session in
            let (sender, recipient) =
                isSender ? ("jürgen@x.example", "b@y.example") : ("a@x.example", "jürgen@y.example")
            let error = try await #require(throws: SMTPError.self) {
                try await session.send(Letter.content, envelope: Envelope(from: sender, to: [recipient]))
            }
            #expect(error.code == .notSupported)
            #expect((error.underlying as? NegotiationError)?.reason == .notOffered(.smtpUTF8))
            #expect(error.acceptance == .notAccepted)
            try await self.expectNothingSent(server, session)
        }
    }

    @Test("Q60 S-F4.5 a domain outside ASCII needs no SMTPUTF8", arguments: [false, true])
    func domainOutsideASCII(isOffered: Bool) async throws {
        try await Loopback.withSession(.init(extensions: isOffered ? ["SMTPUTF8"] : [])) { server, session in
            let envelope = try Envelope(from: "a@bücher.example", to: ["b@bücher.example"])
            try await session.send(Letter.content, envelope: envelope)
            #expect(server.commands[1] == "MAIL FROM:<a@xn--bcher-kva.example>")
            #expect(server.messages.map(\.addresses) == [["b@xn--bcher-kva.example"]])
        }
    }

    @Test("R5321-4.5.3.1.1-1 the longest local part, domain and path go out, one octet more does not")
    func lengths() async throws {
        let local = String(repeating: "l", count: 64)
        let label = String(repeating: "d", count: 63)
        // 64 and "@" and 189 are 254, with the brackets 256; such a domain is far below its own 255.
        let domain = "\(label).\(label).\(String(repeating: "e", count: 61))"
        let longest = "\(local)@\(domain)"
        #expect(longest.utf8.count == 254)
        try await Loopback.withSession(.init(extensions: [])) { server, session in
            let envelope = try Envelope(from: longest, to: [longest])
            try await session.send(Letter.content, envelope: envelope)
            #expect(server.commands[1...2] == ["MAIL FROM:<\(longest)>", "RCPT TO:<\(longest)>"])
            let count = server.commands.count
            let tooLong: [(String, AddressError.Reason)] = [
                ("l" + longest, .localPartTooLong), (longest + "e", .pathTooLong),
                ("a@" + Array(repeating: label, count: 4).joined(separator: ".") + ".e", .domainTooLong),
                ("a@\(label)d.example", .invalidLabel),
            ]
            for (address, reason) in tooLong {
                let error = try await #require(throws: AddressError.self) {
                    try await session.send(Letter.content, envelope: Envelope(from: "", to: [address]))
                }
                #expect(error.reason == reason)
            }
            try await Loopback.expectUsable(session)
            #expect(server.commands.count == count + 1)
        }
    }
}
