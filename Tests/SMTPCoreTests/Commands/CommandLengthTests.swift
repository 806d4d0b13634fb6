import MailAddress
import NIOCore
import SMTPCore
import Testing

@Suite("Commands: their length")
struct CommandLengthTests {
    private func filler(_ length: Int) -> String { String(repeating: "x", count: length) }

    struct Row: Sendable, CustomTestStringConvertible {
        let name: String
        /// The command with an argument of this many octets.
        let command: @Sendable (String) throws -> Command
        /// Octets of the command besides the argument, CRLF among them.
        let rest: Int

        var testDescription: String { self.name }
    }

    static let commands = [
        Row(name: "NOOP", command: { .noop($0) }, rest: 7),
        Row(name: "HELP", command: { .help($0) }, rest: 7),
        Row(name: "VRFY", command: { .verify($0, smtpUTF8: false) }, rest: 7),
        Row(name: "EXPN SMTPUTF8", command: { .expand($0, smtpUTF8: true) }, rest: 16),
        Row(name: "other", command: { .other(verb: "XFOOBAR", argument: $0) }, rest: 10),
        Row(name: "MAIL", command: { try Wire.mail("", .init("X", value: $0)) }, rest: 17),
        Row(name: "RCPT", command: { try Wire.rcpt("a@b", .init("X", value: $0)) }, rest: 18),
    ]

    @Test("R5321-4.5.3.1.4-1 512 octets with CRLF, and not one more", arguments: commands)
    func limit(row: Row) throws {
        let longest = try Wire.text(row.command(self.filler(512 - row.rest)))
        #expect(longest.utf8.count == 512)
        var buffer = ByteBuffer(string: "RSET\r\n")
        let before = buffer
        let error = #expect(throws: CommandError.self) {
            try CommandEncoder().encode(row.command(self.filler(513 - row.rest)), into: &buffer)
        }
        #expect(error?.reason == .tooLong(limit: 512))
        #expect(buffer == before)
    }

    static let allowances: [(offer: String, wire: String, @Sendable (inout MailParameters) throws -> Void)] =
        [
            ("SIZE", " SIZE=18446744073709551615", { $0.size = .require(.max) }),
            ("8BITMIME", " BODY=8BITMIME", { $0.body = .require(.eightBitMIME) }),
            ("SMTPUTF8", " SMTPUTF8", { $0.smtpUTF8 = .require }),
            ("DSN", " RET=FULL", { $0.returnContent = .require(.full) }),
            (
                "DSN", " ENVID=\(String(repeating: "+2B", count: 100))",
                {
                    $0.envelopeIdentifier = .require(
                        try EnvelopeIdentifier(String(repeating: "+", count: 100))
                    )
                }
            ),
            (
                "AUTH PLAIN", " AUTH=a+2Bb@example.org",
                { $0.submitter = .require(try ReversePath("a+b@example.org")) }
            ),
            ("REQUIRETLS", " REQUIRETLS", { $0.requireTLS = .require }),
            (
                "FUTURERELEASE", " HOLDUNTIL=2030-01-01T00:00:00Z",
                { $0.futureRelease = .require(try .holdUntil("2030-01-01T00:00:00Z")) }
            ),
            (
                "DELIVERBY", " BY=-999999999;NT",
                { $0.deliverBy = .require(try DeliverBy(seconds: -999_999_999, mode: .notify, traces: true)) }
            ),
            ("MT-PRIORITY", " MT-PRIORITY=-9", { $0.priority = .require(try TransferPriority(-9)) }),
        ]

    @Test("R5321-4.5.3.1.4-1 parameters of known extensions come on top of the 512", arguments: allowances)
    func allowance(offer: String, wire: String, set: @Sendable (inout MailParameters) throws -> Void) throws {
        var parameters = MailParameters()
        try set(&parameters)
        let context = MailParameters.Context(extensions: try .offering(offer), isVerifiedTLS: true)
        let resolved = try parameters.resolve(in: context)
        let filler = try ESMTPParameter("X", value: self.filler(495))
        let line = try Wire.text(.mail(.null, resolved + [filler]))
        #expect(line.utf8.count == 512 + wire.utf8.count)
        #expect(line.contains(wire))
        let more = try ESMTPParameter("X", value: self.filler(496))
        #expect(throws: CommandError.self) { try Wire.text(.mail(.null, resolved + [more])) }
    }

    @Test("R5321-4.5.3.1.4-1 NOTIFY and ORCPT come on top of the 512")
    func recipientAllowance() throws {
        var parameters = RecipientParameters()
        parameters.notify = .require(.on([.success, .failure, .delay]))
        parameters.originalRecipient = .require(try OriginalRecipient(addressType: "x400", self.filler(495)))
        let resolved = try parameters.resolve(for: .postmaster, with: .offering("DSN"))
        let own = " NOTIFY=SUCCESS,FAILURE,DELAY ORCPT=x400;".utf8.count + 495
        let filler = try ESMTPParameter("X", value: self.filler(487))
        let line = try Wire.text(.rcpt(.postmaster, resolved + [filler]))
        #expect(line.utf8.count == 512 + own)
        #expect(throws: CommandError.self) {
            try Wire.text(.rcpt(.postmaster, resolved + [.init("X", value: self.filler(488))]))
        }
    }

    static let knownKeywords = [
        "SIZE", "BODY", "SMTPUTF8", "RET", "ENVID", "AUTH", "REQUIRETLS", "HOLDFOR", "HOLDUNTIL", "BY",
        "MT-PRIORITY", "NOTIFY", "ORCPT",
    ]

    @Test("R5321-4.5.3.1.4-1 a known keyword is no way round the limit", arguments: knownKeywords)
    func knownKeyword(keyword: String) throws {
        let parameter = try ESMTPParameter(keyword, value: self.filler(1024))
        let error = #expect(throws: CommandError.self) { try Wire.text(.mail(.null, [parameter])) }
        #expect(error?.reason == .tooLong(limit: 512))
    }

    @Test("R5321-4.5.3.1.4-1 R5321-4.5.3.1.1-1 the longest path fits")
    func longestPath() throws {
        let labels = [63, 63, 61].map(self.filler).joined(separator: ".")
        let address = "\(self.filler(64))@\(labels)"
        #expect(address.utf8.count + 2 == EmailAddress.maximumPathLength)
        #expect(try Wire.text(Wire.mail(address)) == "MAIL FROM:<\(address)>\r\n")
        #expect(throws: AddressError.self) { try ForwardPath(address + "x") }
    }

    @Test("R6531-3 U-labels that make a path longer than a command are an error, not a cut")
    func longUnicodePath() throws {
        // Four octets each as text, hardly more than one as Punycode.
        let label = String(repeating: "\u{20000}", count: 50)
        let address = "ü@\([label, label, label].joined(separator: "."))"
        let command = Command.rcpt(.mailbox(try EmailAddress(address)), [])
        let error = #expect(throws: CommandError.self) { try Wire.text(command, allowsUTF8: true) }
        #expect(error?.reason == .tooLong(limit: 512))
    }
}
