import MailAddress
import NIOCore
import SMTPCore
import Testing

/// SIZE, BODY and SMTPUTF8: the parameters that depend on the content.
@Suite("Parameters of MAIL that the content decides")
struct ContentParameterTests {
    private func resolve(
        _ lines: [String],
        _ parameters: MailParameters = MailParameters(),
        content: ContentSurvey? = nil,
        addressNeedsSMTPUTF8: Bool = false
    ) throws -> [String] {
        try parameters.resolve(
            in: .init(
                extensions: .offering(lines),
                content: content,
                addressNeedsSMTPUTF8: addressNeedsSMTPUTF8
            )
        ).map(\.description)
    }

    // MARK: SIZE

    static let sizes: [(content: String, size: Int)] = [
        ("", 0), ("a", 3), ("a\r\n", 3), ("a\n", 3), ("a\r", 3), (".", 3), (".\r\n..\r\n", 7),
        ("a\nb\rc\r\n", 9), ("\n\n", 4),
    ]

    @Test("R1870-1 SIZE has CRLFs, no doubled dots and no terminator", arguments: sizes)
    func size(content: String, size: Int) throws {
        #expect(try self.resolve(["SIZE"], content: Survey.of(content)) == ["SIZE=\(size)"])
    }

    @Test("R1870-1 no SIZE where it is not offered, not known, or not wanted")
    func noSize() throws {
        #expect(try self.resolve(["HELP"], content: Survey.of("a")) == [])
        #expect(try self.resolve(["SIZE"]) == [])
        #expect(try self.resolve(["SIZE"], content: .unread(size: nil)) == [])
        var parameters = MailParameters()
        parameters.size = .never
        #expect(try self.resolve(["SIZE"], parameters, content: Survey.of("a")) == [])
    }

    @Test("R1870-1 the size of content that is not read in advance, as it is given")
    func givenSize() throws {
        #expect(try self.resolve(["SIZE"], content: .unread(size: 70)) == ["SIZE=70"])
    }

    static let limits: [(offer: String, size: UInt64, fits: Bool)] = [
        ("SIZE 100", 100, true), ("SIZE 100", 101, false), ("SIZE 0", 1 << 40, true), ("SIZE", 1 << 40, true),
        ("SIZE 99999999999999999999", .max, true), ("SIZE 18446744073709551614", .max, false),
    ]

    @Test("R1870-2 R1870-3 a message beyond the limit is an error before MAIL", arguments: limits)
    func limit(offer: String, size: UInt64, fits: Bool) throws {
        for wish in Wish.allCases {
            var parameters = MailParameters()
            if wish != .never { parameters.size = wish.demand(size) } else { parameters.size = .never }
            let content = ContentSurvey.unread(size: size)
            guard !fits else {
                #expect(try self.resolve([offer], parameters, content: content).isEmpty == (wish == .never))
                continue
            }
            let error = #expect(throws: NegotiationError.self) {
                try self.resolve([offer], parameters, content: content)
            }
            let limit = try #require(try ServerExtensions.offering(offer).maximumMessageSize)
            #expect(error?.reason == .messageTooLarge(size: size, limit: limit))
        }
    }

    // MARK: BODY

    static let eightBit = "To: a\r\n\r\nü\r\n"
    static let sevenBit = "To: a\r\n\r\nu\r\n"

    @Test("R6152-1 Q54 octets above 0x7F are declared, others are not")
    func body() throws {
        #expect(try self.resolve(["8BITMIME"], content: Survey.of(Self.eightBit)) == ["BODY=8BITMIME"])
        #expect(try self.resolve(["8BITMIME"], content: Survey.of(Self.sevenBit)) == [])
        #expect(try self.resolve(["HELP"], content: Survey.of(Self.sevenBit)) == [])
        // Content that is read while it is sent may have them.
        #expect(try self.resolve(["8BITMIME"], content: .unread(size: nil)) == ["BODY=8BITMIME"])
        #expect(try self.resolve(["HELP"], content: .unread(size: nil)) == [])
    }

    @Test(
        "R6152-1 R5321-2.3.1-1 Q54 octets above 0x7F never go to a server without 8BITMIME",
        arguments: [
            nil, .never, .prefer(.sevenBit), .prefer(.eightBitMIME), .require(.sevenBit),
            .require(.eightBitMIME),
            .prefer(.binaryMIME), .require(.binaryMIME),
        ] as [Demand<BodyType>?]
    )
    func eightBitNotOffered(demand: Demand<BodyType>?) throws {
        var parameters = MailParameters()
        parameters.body = demand
        let error = #expect(throws: NegotiationError.self) {
            try self.resolve(["SIZE", "SMTPUTF8"], parameters, content: Survey.of(Self.eightBit))
        }
        let keyword: ExtensionKeyword = demand == .require(.binaryMIME) ? .binaryMIME : .eightBitMIME
        #expect(error?.reason == .notOffered(keyword))
    }

    static let binary: [(lines: [String], require: [String]?, prefer: [String], missing: ExtensionKeyword?)] =
        [
            (["BINARYMIME", "CHUNKING", "8BITMIME"], ["BODY=BINARYMIME"], ["BODY=BINARYMIME"], nil),
            (["BINARYMIME", "8BITMIME"], nil, ["BODY=8BITMIME"], .chunking),
            (["CHUNKING", "8BITMIME"], nil, ["BODY=8BITMIME"], .binaryMIME),
            (["CHUNKING"], nil, [], .binaryMIME),
        ]

    @Test(
        "R3030-5 Q54 BINARYMIME needs CHUNKING too; where they lack, content goes as 8BITMIME",
        arguments: binary
    )
    func checkBinary(
        lines: [String],
        require: [String]?,
        prefer: [String],
        missing: ExtensionKeyword?
    ) throws {
        let extensions = try ServerExtensions.offering(lines)
        var parameters = MailParameters()
        parameters.body = .prefer(.binaryMIME)
        #expect(try self.resolve(lines, parameters, content: .unread(size: nil)) == prefer)
        #expect(parameters.usesBinaryMIME(with: extensions) == (prefer == ["BODY=BINARYMIME"]))
        parameters.body = .require(.binaryMIME)
        #expect(parameters.usesBinaryMIME(with: extensions))
        guard let missing else {
            #expect(try self.resolve(lines, parameters, content: .unread(size: nil)) == require)
            return
        }
        let error = #expect(throws: NegotiationError.self) {
            try self.resolve(lines, parameters, content: .unread(size: nil))
        }
        #expect(error?.reason == .notOffered(missing))
    }

    @Test("R3030-5 nothing is binary that was not asked to be")
    func notBinary() throws {
        let extensions = try ServerExtensions.offering("BINARYMIME", "CHUNKING", "8BITMIME")
        var parameters = MailParameters()
        for demand in [nil, .never, .prefer(.eightBitMIME), .require(.sevenBit)] as [Demand<BodyType>?] {
            parameters.body = demand
            #expect(!parameters.usesBinaryMIME(with: extensions))
        }
    }

    // MARK: SMTPUTF8

    static let unicodeHeader = "Subject: ü\r\n\r\nx\r\n"

    @Test("R6531-2 SMTPUTF8 where an address or a header field needs it, and only there")
    func smtpUTF8() throws {
        let lines = ["SMTPUTF8", "8BITMIME"]
        #expect(try self.resolve(lines, addressNeedsSMTPUTF8: true) == ["SMTPUTF8"])
        #expect(
            try self.resolve(lines, content: Survey.of(Self.unicodeHeader)) == ["BODY=8BITMIME", "SMTPUTF8"]
        )
        #expect(try self.resolve(lines, content: Survey.of(Self.eightBit)) == ["BODY=8BITMIME"])
        #expect(try self.resolve(lines, content: Survey.of(Self.sevenBit)) == [])
    }

    @Test(
        "R6531-1 Q60 a message that needs SMTPUTF8 does not go to a server without it",
        arguments: [
            nil, .prefer, .require,
        ] as [Demand<Presence>?]
    )
    func smtpUTF8NotOffered(demand: Demand<Presence>?) throws {
        var parameters = MailParameters()
        parameters.smtpUTF8 = demand
        for (content, address) in [(Self.unicodeHeader, false), (Self.sevenBit, true)] {
            let error = #expect(throws: NegotiationError.self) {
                try self.resolve(
                    ["8BITMIME"],
                    parameters,
                    content: Survey.of(content),
                    addressNeedsSMTPUTF8: address
                )
            }
            #expect(error?.reason == .notOffered(.smtpUTF8))
        }
    }

    @Test("R6531-2 preferred SMTPUTF8 is left out where nothing needs it and nothing offers it")
    func preferredSMTPUTF8() throws {
        var parameters = MailParameters()
        parameters.smtpUTF8 = .prefer
        #expect(
            try self.resolve(["8BITMIME"], parameters, content: Survey.of(Self.eightBit)) == ["BODY=8BITMIME"]
        )
    }

    @Test("R6531-3 a domain outside ASCII alone needs no SMTPUTF8: it goes as A-labels")
    func domainOnly() throws {
        let envelope = try Envelope(from: "a@bücher.example", to: ["b@bücher.example"])
        #expect(!envelope.needsSMTPUTF8)
        #expect(try Wire.text(.mail(envelope.sender, [])) == "MAIL FROM:<a@xn--bcher-kva.example>\r\n")
        #expect(
            try Wire.text(.mail(envelope.sender, []), allowsUTF8: true) == "MAIL FROM:<a@bücher.example>\r\n"
        )
        #expect(try Envelope(from: "ü@example.org", to: []).needsSMTPUTF8)
        #expect(try Envelope(from: "", to: ["a@b.example", "ü@example.org"]).needsSMTPUTF8)
    }
}
