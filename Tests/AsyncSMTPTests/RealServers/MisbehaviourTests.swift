import AsyncSMTP
import Foundation
import Testing

@Suite("Real servers: misbehaviour", .serialized, .timeLimit(.minutes(20)))
struct RealServerMisbehaviourTests {
    private static let text = "Subject: misbehaviour\r\n\r\n.\r\nlast line\r\n"

    private static func dumped(_ message: RealMessage) -> [StoredCopy] {
        [
            StoredCopy(
                recipients: message.recipients,
                mailParameters: [],
                content: SinkDump.content(of: Data(Self.text.utf8))
            )
        ]
    }

    @Test(
        "Q29 a greeting of asterisks and no EHLO: HELO, and no extension is used",
        .realServer(MisbehavingSink.pix.rawValue)
    )
    func pix() async throws {
        let message = RealMessage(to: "a", "b")
        try await SMTPSession.withSession(
            to: MisbehavingSink.pix.endpoint(),
            configuration: .forRealServers()
        ) { session in
            #expect(await session.greeting?.text == "********")
            #expect(await session.ehloReply == nil)
            #expect(await session.heloReply?.code == .ok)
            #expect(await !session.speaksESMTP)
            #expect(await session.extensions == .none)
            let receipt = try await session.send(.text(Self.text), envelope: message.envelope())
            #expect(receipt.accepted.count == 2)
            #expect(receipt.negotiation.pipelining == .disabled)
            #expect(receipt.negotiation.mailParameters.isEmpty)
            #expect(receipt.negotiation.serverName == nil)
        }
        #expect(try MisbehavingSink.pix.copies(of: message) == Self.dumped(message))
    }

    @Test("Q05 an EHLO reply that ends in an empty line", .realServer(RealServer.smtpSink.variable))
    func emptyExtensionLine() async throws {
        try await SMTPSession.withSession(
            to: RealServer.smtpSink.endpoint(),
            configuration: .forRealServers()
        ) { session in
            let reply = try #require(await session.ehloReply)
            #expect(reply.lines.last == "")
            let keywords: [ExtensionKeyword] = [
                .pipelining, .eightBitMIME, .auth, "XCLIENT", "XFORWARD", .enhancedStatusCodes, .dsn,
            ]
            #expect(await session.extensions.keywords == keywords)
        }
    }

    @Test("Q05 an EHLO reply of an empty line only", .realServer(MisbehavingSink.bare.rawValue))
    func bare() async throws {
        let message = RealMessage()
        try await SMTPSession.withSession(
            to: MisbehavingSink.bare.endpoint(),
            configuration: .forRealServers()
        ) { session in
            #expect(await session.speaksESMTP)
            #expect(await session.ehloReply?.lines.last == "")
            #expect(await session.extensions.keywords.isEmpty)
            let receipt = try await session.send(.text(Self.text), envelope: message.envelope())
            #expect(receipt.negotiation.pipelining == .disabled)
        }
        #expect(try MisbehavingSink.bare.copies(of: message) == Self.dumped(message))
    }

    @Test(
        "R6152-1 without 8BITMIME an 8-bit body is an error, and nothing is sent",
        .realServer(MisbehavingSink.bare.rawValue)
    )
    func eightBit() async throws {
        let (message, next) = (RealMessage(), RealMessage())
        try await SMTPSession.withSession(
            to: MisbehavingSink.bare.endpoint(),
            configuration: .forRealServers()
        ) { session in
            let error = await #expect(throws: SMTPError.self) {
                try await session.send(.text("Subject: x\r\n\r\nGrüße\r\n"), envelope: message.envelope())
            }
            #expect(error?.code == .notSupported)
            #expect(error?.stage == .preparation)
            let cause = error?.underlying as? NegotiationError
            #expect(cause?.reason == .notOffered(.eightBitMIME))
            try await session.send(.text(Self.text), envelope: next.envelope())
        }
        #expect(try MisbehavingSink.bare.copies(of: message).isEmpty)
        #expect(try MisbehavingSink.bare.copies(of: next) == Self.dumped(next))
    }

    @Test(
        "every recipient refused: an error with each outcome, and the session goes on",
        .realServer(MisbehavingSink.recipientRefused.rawValue),
        arguments: PipeliningLevel.allCases
    )
    func recipientRefused(level: PipeliningLevel) async throws {
        let message = RealMessage(to: "a", "b")
        var options = SendOptions()
        options.pipelining = level
        try await SMTPSession.withSession(
            to: MisbehavingSink.recipientRefused.endpoint(),
            configuration: .forRealServers()
        ) { session in
            let error = await #expect(throws: SMTPError.self) {
                try await session.send(.text(Self.text), envelope: message.envelope(), options: options)
            }
            #expect(error?.code == .recipientsRefused)
            #expect(error?.stage == .rcpt)
            #expect(error?.acceptance == .refusedPermanently)
            #expect(error?.retryAdvice == .doNotRetry)
            let outcomes = try #require(error?.recipients)
            #expect(outcomes.map(\.disposition) == [.refusedPermanently, .refusedPermanently])
            #expect(outcomes.map(\.enhancedStatus?.description) == ["5.3.0", "5.3.0"])
            // The reply to RSET comes behind the end of the transaction and of its file.
            #expect(try await session.reset().code == .ok)
            #expect(try MisbehavingSink.recipientRefused.copies(of: message).isEmpty)
        }
    }

    @Test(
        "content deferred: refused for now, to be sent again later",
        .realServer(MisbehavingSink.contentDeferred.rawValue)
    )
    func contentDeferred() async throws {
        let message = RealMessage(to: "a", "b")
        let error = await #expect(throws: SMTPError.self) {
            try await SMTPClient.send(
                RawMessage(.text(Self.text), envelope: message.envelope()),
                through: MisbehavingSink.contentDeferred.endpoint(),
                configuration: .forRealServers()
            )
        }
        #expect(error?.code == .dataRefused)
        #expect(error?.stage == .finalReply)
        #expect(error?.acceptance == .refusedTemporarily)
        #expect(error?.retryAdvice == .retryLater)
        #expect(error?.reply?.enhancedStatus == EnhancedStatusCode(4, 3, 0))
        #expect(error?.recipients.map(\.disposition) == [.refusedTemporarily, .refusedTemporarily])
        #expect(try MisbehavingSink.contentDeferred.copies(of: message) == Self.dumped(message))
    }

    @Test(
        "S-E8.1 the final reply lost: unknown, and not sent again, because it was stored",
        .realServer(MisbehavingSink.replyLost.rawValue)
    )
    func replyLost() async throws {
        let message = RealMessage(to: "a", "b")
        let error = await #expect(throws: SMTPError.self) {
            try await SMTPClient.send(
                RawMessage(.text(Self.text), envelope: message.envelope()),
                through: MisbehavingSink.replyLost.endpoint(),
                configuration: .forRealServers()
            )
        }
        #expect(error?.code == .disconnected)
        #expect(error?.stage == .finalReply)
        #expect(error?.acceptance == .unknown)
        #expect(error?.retryAdvice == .mayDuplicate)
        #expect(error?.recipients.map(\.disposition) == [.unknown, .unknown])
        #expect(try MisbehavingSink.replyLost.copies(of: message) == Self.dumped(message))
    }

    @Test(
        "Q46 the server refuses and closes while content is on its way: its reply is reported",
        .realServer(MisbehavingSink.contentAborted.rawValue),
        arguments: [1, 1_000, 100_000, 400_000]
    )
    func contentAborted(lines: Int) async throws {
        let message = RealMessage(to: "a", "b")
        let content =
            "Subject: x\r\n\r\n" + String(repeating: String(repeating: "x", count: 76) + "\r\n", count: lines)
        let error = await #expect(throws: SMTPError.self) {
            try await SMTPClient.send(
                RawMessage(.text(content), envelope: message.envelope()),
                through: MisbehavingSink.contentAborted.endpoint(),
                configuration: .forRealServers()
            )
        }
        #expect(error?.code == .dataRefused)
        #expect(error?.reply?.code.value == 550)
        #expect(error?.acceptance == .refusedPermanently)
        #expect(error?.recipients.map(\.disposition) == [.refusedPermanently, .refusedPermanently])
    }

    @Test(
        "Q44 421 in answer to MAIL: reported, the connection is closed, a new one may be tried",
        .realServer(MisbehavingSink.closing.rawValue),
        arguments: PipeliningLevel.allCases
    )
    func closing(level: PipeliningLevel) async throws {
        let message = RealMessage()
        var options = SendOptions()
        options.pipelining = level
        let session = try await SMTPSession.connect(
            to: MisbehavingSink.closing.endpoint(),
            configuration: .forRealServers()
        )
        let error = await #expect(throws: SMTPError.self) {
            try await session.send(.text(Self.text), envelope: message.envelope(), options: options)
        }
        #expect(error?.code == .serverClosing)
        #expect(error?.stage == .mail)
        #expect(error?.reply?.code == .serviceNotAvailable)
        #expect(error?.acceptance == .refusedTemporarily)
        #expect(error?.retryAdvice == .retryOnNewConnection)
        #expect(error?.recipients.map(\.disposition) == [.refusedTemporarily])
        #expect(await !session.isOpen)
        await session.quit()
        #expect(try MisbehavingSink.closing.copies(of: message).isEmpty)
    }
}
