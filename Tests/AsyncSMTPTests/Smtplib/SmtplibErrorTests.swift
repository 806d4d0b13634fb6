import AsyncSMTP
import SMTPTestServer
import Testing

@Suite("smtplib: exceptions")
struct SmtplibErrorTests {
    /// What sending a message ends with at a server with this script.
    private func error(
        _ rules: SMTPTestServer.Rule...,
        extensions: [String]? = nil,
        to recipients: [String] = ["bob@example.net"]
    ) async throws -> SMTPError {
        var result: SMTPError?
        try await Loopback.withSession(.init(extensions: extensions, script: .init(rules))) { _, session in
            result = await #expect(throws: SMTPError.self) {
                try await session.send(Letter.content, envelope: Letter.envelope(to: recipients))
            }
        }
        return try #require(result)
    }

    @Test("smtplib.SMTPException is SMTPError: one type for all, with its code in words")
    func one() async throws {
        let error: any Error = try await self.error(.on(.command("MAIL"), .reply("550 5.7.1 not you")))
        #expect(error is SMTPError)
        #expect("\(error)".contains("senderRefused"))
        #expect("\(error)".contains("550 5.7.1 not you"))
    }

    @Test(
        "smtplib.SMTPServerDisconnected is disconnected",
        arguments: [SMTPTestServer.Stage.command("EHLO"), .command("MAIL"), .command("RCPT"), .endOfContent]
    )
    func disconnected(stage: SMTPTestServer.Stage) async throws {
        let error = try await self.error(.on(stage, .close))
        #expect(error.code == .disconnected)
        #expect(error.reply == nil)
        // Whoever says more than that about a message whose content was complete is guessing.
        #expect([.notAccepted, .unknown].contains(error.acceptance))
    }

    @Test("smtplib.SMTPServerDisconnected behind the last octet leaves open whether the message arrived")
    func disconnectedAtTheEnd() async throws {
        let error = try await self.error(.on(.endOfContent, .store, .close))
        #expect(error.code == .disconnected)
        #expect(error.acceptance == .unknown)
        #expect(error.retryAdvice == .mayDuplicate)
        #expect(error.recipients.map(\.disposition) == [.unknown])
    }

    @Test("smtplib.SMTPServerDisconnected before connect has no counterpart, after close it is closed")
    func closed() async throws {
        try await Loopback.withSession { _, session in
            await session.quit()
            let error = try await #require(throws: SMTPError.self) {
                try await session.send(Letter.content, envelope: Letter.envelope())
            }
            #expect(error.code == .closed)
            #expect(error.acceptance == .notAccepted)
        }
    }

    @Test("smtplib.SMTPResponseException: smtp_code and smtp_error are in reply")
    func response() async throws {
        let error = try await self.error(.on(.command("MAIL"), .reply("451-4.7.1 one", "451 4.7.1 two")))
        #expect(error.reply?.code.value == 451)
        #expect(error.reply?.text == "one\ntwo")
        #expect(error.reply?.enhancedStatus == EnhancedStatusCode(4, 7, 1))
    }

    @Test("smtplib.SMTPResponseException for a command that has no code of its own is commandRefused")
    func commandRefused() async throws {
        let script: SMTPTestServer.Script = [
            .on(.command("RCPT"), .reply("550 5.1.1 no such user")),
            .on(.command("RSET"), .reply("502 5.5.1 no RSET")),
        ]
        try await Loopback.withSession(.init(script: script)) { _, session in
            for code in [SMTPError.Code.recipientsRefused, .commandRefused] {
                let error = try await #require(throws: SMTPError.self) {
                    try await session.send(Letter.content, envelope: Letter.envelope())
                }
                #expect(error.code == code)
            }
            #expect(await !session.isOpen)
        }
    }

    @Test("smtplib.SMTPSenderRefused is senderRefused, with smtplib.sender")
    func senderRefused() async throws {
        let error = try await self.error(.on(.command("MAIL"), .reply("550 5.7.1 not you")))
        #expect(error.code == .senderRefused)
        #expect(error.sender?.description == "<ann@example.org>")
        #expect(error.stage == .mail)
        #expect(error.acceptance == .refusedPermanently)
        #expect(error.retryAdvice == .doNotRetry)
    }

    @Test("smtplib.SMTPRecipientsRefused is recipientsRefused, with smtplib.recipients and the reply to each")
    func recipientsRefused() async throws {
        let error = try await self.error(
            .on(.command("RCPT", occurrence: 1), .reply("550 5.1.1 no such user")),
            .on(.command("RCPT", occurrence: 2), .reply("450 4.2.1 busy")),
            to: ["bob@example.net", "eve@example.net"]
        )
        #expect(error.code == .recipientsRefused)
        #expect(error.recipients.map(\.recipient.description) == ["<bob@example.net>", "<eve@example.net>"])
        #expect(error.recipients.map(\.code?.value) == [550, 450])
        #expect(error.recipients.map(\.text) == ["no such user", "busy"])
        #expect(error.recipients.map(\.disposition) == [.refusedPermanently, .refusedTemporarily])
    }

    @Test(
        "smtplib.SMTPDataError is dataRefused",
        arguments: [SMTPTestServer.Stage.command("DATA"), .endOfContent]
    )
    func dataRefused(stage: SMTPTestServer.Stage) async throws {
        let error = try await self.error(.on(stage, .reply("554 5.6.0 no")))
        #expect(error.code == .dataRefused)
        #expect(error.reply?.text == "no")
        #expect(error.recipients.map(\.disposition) == [.refusedPermanently])
    }

    @Test("smtplib.SMTPConnectError is greetingRefused", arguments: [421, 450, 554])
    func connectError(code: Int) async throws {
        let script: SMTPTestServer.Script = [.on(.connect, .reply("\(code) no service here"))]
        try await SMTPTestServer.withServer(.init(script: script)) { server in
            let error = try await #require(throws: SMTPError.self) {
                try await SMTPSession.connect(to: try Loopback.place(of: server))
            }
            #expect(error.code == .greetingRefused)
            #expect(error.stage == .greeting)
            #expect(error.reply?.code.value == code)
            #expect(error.reply?.text == "no service here")
            // Nothing stays open, which the server sees.
            try await server.waitForSessionsClosed(1)
        }
    }

    @Test("smtplib.SMTPNotSupportedError is notSupported, before anything is sent")
    func notSupported() async throws {
        let error = try await self.error(extensions: [], to: ["jürgen@example.net"])
        #expect(error.code == .notSupported)
        #expect(error.stage == .preparation)
        let cause = try #require(error.underlying as? NegotiationError)
        #expect(cause.reason == .notOffered(.smtpUTF8))
    }
}
