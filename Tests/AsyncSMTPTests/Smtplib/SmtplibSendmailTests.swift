import AsyncSMTP
import SMTPTestServer
import Testing

@Suite("smtplib: sendmail")
struct SmtplibSendmailTests {
    private static let noSuchUser = SMTPTestServer.Rule.on(
        .command("RCPT", where: { $0.contains("eve@") }),
        .reply("550 5.1.1 no such user")
    )

    @Test("smtplib.sendmail returns the refused recipients", arguments: PipeliningLevel.allCases)
    func refusedRecipients(level: PipeliningLevel) async throws {
        let configure: (inout SMTPConfiguration) -> Void = { $0.sending.pipelining = level }
        try await Loopback.withSession(.init(script: [Self.noSuchUser]), configure: configure) {
            server,
            session in
            let recipients = ["bob@example.net", "eve@example.net", "tom@example.net"]
            let receipt = try await session.send(Letter.content, envelope: Letter.envelope(to: recipients))
            let refused = try #require(receipt.refused.first)
            #expect(receipt.refused.count == 1)
            #expect(refused.recipient.description == "<eve@example.net>")
            #expect(refused.code?.value == 550)
            #expect(refused.enhancedStatus == EnhancedStatusCode(5, 1, 1))
            #expect(refused.text == "no such user")
            #expect(
                receipt.accepted.map(\.recipient.description) == ["<bob@example.net>", "<tom@example.net>"]
            )
            #expect(server.messages.map(\.addresses) == [["bob@example.net", "tom@example.net"]])
        }
    }

    @Test("smtplib.sendmail to one recipient, with nobody refused")
    func oneRecipient() async throws {
        try await Loopback.withSession { server, session in
            let receipt = try await session.send(Letter.content, envelope: Letter.envelope())
            #expect(receipt.refused.isEmpty)
            #expect(server.messages.map(\.sender) == ["ann@example.org"])
            #expect(server.messages.map(\.text) == [Letter.text])
        }
    }

    @Test("smtplib.sendmail says hello first, declares the size and asks with the options of MAIL and RCPT")
    func options() async throws {
        var envelope = try Letter.envelope(to: ["bob@example.net", "tom@example.net"])
        envelope.parameters.returnContent = .require(.full)
        envelope.recipients[0].parameters.notify = .require(.never)
        try await Loopback.withSession(configure: { $0.sending.pipelining = .disabled }) { server, session in
            try await session.send(Letter.content, envelope: envelope)
            let expected = [
                "EHLO client.example",
                "MAIL FROM:<ann@example.org> SIZE=\(Letter.text.utf8.count) RET=FULL",
                "RCPT TO:<bob@example.net> NOTIFY=NEVER ORCPT=rfc822;bob@example.net",
                "RCPT TO:<tom@example.net>", "DATA",
            ]
            #expect(server.commands == expected)
        }
    }

    @Test("smtplib.sendmail options go to nobody who did not offer them", arguments: [false, true])
    func optionsNotOffered(isRequired: Bool) async throws {
        var envelope = try Letter.envelope()
        envelope.parameters.returnContent = isRequired ? .require(.full) : .prefer(.full)
        try await Loopback.withSession(.init(extensions: [])) { server, session in
            if isRequired {
                let error = try await #require(throws: SMTPError.self) {
                    try await session.send(Letter.content, envelope: envelope)
                }
                #expect(error.code == .notSupported)
                #expect(server.commands == ["EHLO client.example"])
            } else {
                try await session.send(Letter.content, envelope: envelope)
                #expect(server.commands.dropFirst().first == "MAIL FROM:<ann@example.org>")
            }
            try await Loopback.expectUsable(session)
        }
    }

    @Test("smtplib.sendmail from nobody sends the null path")
    func nullSender() async throws {
        try await Loopback.withSession(.init(extensions: [])) { server, session in
            let envelope = try Envelope(from: "", to: ["bob@example.net"])
            try await session.send(Letter.content, envelope: envelope)
            #expect(server.commands.contains("MAIL FROM:<>"))
            #expect(server.messages.map(\.sender) == [""])
        }
    }

    @Test("smtplib.sendmail gives the final reply and the identifier in the queue, which smtplib drops")
    func finalReply() async throws {
        let script: SMTPTestServer.Script = [.on(.endOfContent, .reply("250 2.0.0 Ok: queued as 4F2A1B2C3D"))]
        try await Loopback.withSession(.init(script: script)) { _, session in
            let receipt = try await session.send(Letter.content, envelope: Letter.envelope())
            #expect(receipt.finalReply.code == .ok)
            #expect(receipt.finalReply.text == "Ok: queued as 4F2A1B2C3D")
            #expect(receipt.queueIdentifier == "4F2A1B2C3D")
            #expect(receipt.octets == UInt64(Letter.text.utf8.count))
        }
    }

    @Test("smtplib.sendmail takes every 2yz to RCPT for a yes", arguments: [250, 251, 252])
    func positiveReplies(code: Int) async throws {
        let script: SMTPTestServer.Script = [.on(.command("RCPT"), .reply("\(code) fine"))]
        try await Loopback.withSession(.init(script: script)) { server, session in
            let receipt = try await session.send(Letter.content, envelope: Letter.envelope())
            #expect(receipt.accepted.count == 1)
            #expect(server.messageCount == 1)
        }
    }

    /// A refusal, the error it becomes, and the smtplib name of that.
    struct Refusal: Sendable, CustomTestStringConvertible {
        let name: String
        let stage: SMTPTestServer.Stage
        let code: SMTPError.Code
        let acceptance: Acceptance

        var testDescription: String { self.name }

        static let all: [Refusal] = [
            Refusal(
                name: "SMTPSenderRefused",
                stage: .command("MAIL", occurrence: 1),
                code: .senderRefused,
                acceptance: .refusedTemporarily
            ),
            Refusal(
                name: "SMTPRecipientsRefused",
                stage: .command("RCPT", occurrence: 1),
                code: .recipientsRefused,
                acceptance: .refusedTemporarily
            ),
            Refusal(
                name: "SMTPDataError, by DATA",
                stage: .command("DATA", occurrence: 1),
                code: .dataRefused,
                acceptance: .refusedTemporarily
            ),
            Refusal(
                name: "SMTPDataError, by the content",
                stage: .endOfContent(occurrence: 1),
                code: .dataRefused,
                acceptance: .refusedTemporarily
            ),
        ]
    }

    @Test(
        "smtplib.sendmail refused somewhere leaves the session good for the next message",
        arguments: Refusal.all,
        PipeliningLevel.allCases
    )
    func refused(refusal: Refusal, level: PipeliningLevel) async throws {
        let script: SMTPTestServer.Script = [.on(refusal.stage, .reply("451 4.3.0 not now"))]
        let configure: (inout SMTPConfiguration) -> Void = { $0.sending.pipelining = level }
        try await Loopback.withSession(.init(script: script), configure: configure) { server, session in
            let error = try await #require(throws: SMTPError.self) {
                try await session.send(Letter.content, envelope: Letter.envelope())
            }
            #expect(error.code == refusal.code)
            #expect(error.reply?.code.value == 451)
            #expect(error.acceptance == refusal.acceptance)
            #expect(error.retryAdvice == .retryLater)
            try await session.send(Letter.content, envelope: Letter.envelope())
            #expect(server.messageCount == 1)
            #expect(server.sessions.count == 1)
        }
    }

    @Test(
        "smtplib.sendmail answered by 421 anywhere is over, and nothing was accepted",
        arguments: [SMTPTestServer.Stage.command("MAIL"), .command("RCPT"), .command("DATA"), .endOfContent]
    )
    func closing(stage: SMTPTestServer.Stage) async throws {
        let script: SMTPTestServer.Script = [.on(stage, .reply("421 4.3.2 going down"), .close)]
        try await Loopback.withSession(.init(script: script)) { server, session in
            let error = try await #require(throws: SMTPError.self) {
                try await session.send(Letter.content, envelope: Letter.envelope())
            }
            #expect(error.code == .serverClosing)
            #expect(error.reply?.code == .serviceNotAvailable)
            #expect(error.acceptance == .refusedTemporarily)
            #expect(await !session.isOpen)
            try await server.waitForSessionsClosed(1)
            #expect(server.messageCount == 0)
            #expect(!server.commands.contains("RSET"))
        }
    }
}
