import AsyncSMTP
import Foundation
import Testing

@Suite("Transports: sendmail", .timeLimit(.minutes(20)))
struct SendmailTransportTests {
    private static let text = "S: x\r\n\r\n.\r\n..a\r\n"

    private static func error(_ body: () async throws -> Void) async throws -> SMTPError {
        try #require(await #expect(throws: SMTPError.self) { try await body() })
    }

    @Test("argv and standard input", arguments: [("a@x.example", "a@x.example"), ("", "<>")])
    func arguments(sender: String, argument: String) async throws {
        try await TestDirectory.with { directory in
            let program = try RecordingProgram(in: directory)
            let envelope = try Envelope(
                from: sender,
                to: ["b@x.example", "\"a b;$(x)\"@x.example", "Postmaster"]
            )
            let receipt = try await program.transport().send(RawMessage(.text(Self.text), envelope: envelope))
            let recipients = ["b@x.example", "\"a b;$(x)\"@x.example", "Postmaster"]
            #expect(try program.arguments() == ["-i", "-f", argument, "--"] + recipients)
            #expect(try program.input() == Array("S: x\n\n.\n..a\n".utf8))
            #expect(receipt.octets == UInt64(Self.text.utf8.count))
            #expect(receipt.location == nil)
        }
    }

    @Test(
        "S-A6.1 an address that begins with a hyphen is refused before anything is started",
        arguments: ["-oQ/tmp@x.example", "-f@x.example", "--@x.example", "-@x.example"],
        [false, true]
    )
    func hyphen(address: String, asSender: Bool) async throws {
        try await TestDirectory.with { directory in
            let program = try RecordingProgram(in: directory)
            let envelope = try Envelope(
                from: asSender ? address : "a@x.example",
                to: asSender ? ["b@x.example"] : ["b@x.example", address]
            )
            let error = try await Self.error {
                try await program.transport().send(RawMessage(.text(Self.text), envelope: envelope))
            }
            #expect(error.code == .invalidArgument)
            #expect(error.acceptance == .notAccepted)
            #expect(!program.wasStarted)
        }
    }

    @Test("S-A6.1 a quoted local part that begins with a hyphen begins with a quote, behind --")
    func quotedHyphen() async throws {
        try await TestDirectory.with { directory in
            let program = try RecordingProgram(in: directory)
            let envelope = try Envelope(from: "a@x.example", to: ["\"-oQ/tmp x\"@x.example"])
            try await program.transport().send(RawMessage(.text(Self.text), envelope: envelope))
            #expect(try program.arguments().suffix(2) == ["--", "\"-oQ/tmp x\"@x.example"])
        }
    }

    @Test("DSN parameters are passed on where they were asked for")
    func reports() async throws {
        try await TestDirectory.with { directory in
            let program = try RecordingProgram(in: directory)
            var envelope = try Envelope(from: "a@x.example", to: ["b@x.example", "c@x.example"])
            envelope.parameters.returnContent = .require(.headers)
            envelope.parameters.envelopeIdentifier = .prefer(try EnvelopeIdentifier("-x+1"))
            for index in 0..<2 {
                envelope.recipients[index].parameters.notify = .require(.on([.success, .delay]))
            }
            try await program.transport().send(RawMessage(.text(Self.text), envelope: envelope))
            let expected = [
                "-i", "-R", "hdrs", "-V", "-x+2B1", "-N", "success,delay", "-f", "a@x.example", "--",
            ]
            #expect(try program.arguments() == expected + ["b@x.example", "c@x.example"])
        }
    }

    @Test("what sendmail cannot be told is refused where it is required")
    func notSupported() async throws {
        try await TestDirectory.with { directory in
            let program = try RecordingProgram(in: directory)
            let plain = try Envelope(from: "a@x.example", to: ["b@x.example", "c@x.example"])
            var mixed = plain
            mixed.recipients[0].parameters.notify = .require(.never)
            var held = plain
            held.parameters.requireTLS = .require
            var unicode = plain
            unicode.parameters.smtpUTF8 = .never
            unicode.sender = try ReversePath("grüße@x.example")
            var automatic = unicode
            automatic.parameters.smtpUTF8 = nil
            for envelope in [mixed, held, unicode, automatic] {
                let error = try await Self.error {
                    try await program.transport().send(RawMessage(.text(Self.text), envelope: envelope))
                }
                #expect(error.code == .notSupported)
                #expect(error.acceptance == .notAccepted)
            }
            #expect(!program.wasStarted)
            mixed.recipients[0].parameters.notify = .prefer(.never)
            try await program.transport().send(RawMessage(.text(Self.text), envelope: mixed))
            #expect(try program.arguments().first { $0 == "-N" } == nil)
        }
    }

    @Test("a required ORCPT or other parameter that cannot be passed on is refused, a preferred one left out")
    func otherParameters() async throws {
        try await TestDirectory.with { directory in
            let program = try RecordingProgram(in: directory)
            let original = OriginalRecipient(try EmailAddress("c@x.example"))
            let plain = try Envelope(from: "a@x.example", to: ["b@x.example"])
            var (orcpt, mail, rcpt) = (plain, plain, plain)
            orcpt.recipients[0].parameters.originalRecipient = .require(original)
            // Offered by something that sendmail knows, and unknown to it all the same.
            let tag = CustomParameter(try ESMTPParameter("X-TAG", value: "7"), offeredBy: .dsn)
            mail.parameters.custom = [tag]
            rcpt.recipients[0].parameters.custom = [tag]
            for (envelope, keyword) in [(orcpt, "ORCPT"), (mail, "X-TAG"), (rcpt, "X-TAG")] {
                let error = try await Self.error {
                    try await program.transport().send(RawMessage(.text(Self.text), envelope: envelope))
                }
                #expect(error.code == .notSupported)
                #expect(error.acceptance == .notAccepted)
                #expect(error.message.contains(keyword))
            }
            #expect(!program.wasStarted)
            orcpt.recipients[0].parameters.originalRecipient = .prefer(original)
            orcpt.recipients[0].parameters.notify = .require(.never)
            try await program.transport().send(RawMessage(.text(Self.text), envelope: orcpt))
            #expect(
                try program.arguments() == ["-i", "-N", "never", "-f", "a@x.example", "--", "b@x.example"]
            )
        }
    }

    @Test(
        "a program that is not there is a typed error",
        arguments: ["/no/such/program", "/etc/passwd", "/"]
    )
    func missing(path: String) async throws {
        let error = try await Self.error { try await SendmailTransport(path: path).send(Sample.message) }
        #expect(error.code == .transportFailed)
        #expect(error.acceptance == .notAccepted)
        #expect(error.underlying != nil)
    }
}
