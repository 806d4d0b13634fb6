import AsyncSMTP
import Foundation
import Testing

@Suite("Real servers: recipients", .realServers, .serialized, .timeLimit(.minutes(20)))
struct RealServerRecipientTests {
    private static let text = "Subject: recipients\r\n\r\n.\r\nfor all of you\r\n"

    @Test(
        "R2033-2 Q70 LMTP answers for each recipient, and the session stays in step",
        arguments: RealServer.lmtp,
        1...5
    )
    func replies(server: RealServer, count: Int) async throws {
        let messages = (0..<3).map { _ in
            switch count {
            case 1: RealMessage(to: "a")
            case 2: RealMessage(to: "a", "b")
            case 3: RealMessage(to: "a", "b", "c")
            case 4: RealMessage(to: "a", "b", "c", "d")
            default: RealMessage(to: "a", "b", "c", "d", "e")
            }
        }
        try await SMTPSession.withSession(to: server.endpoint(), configuration: .forRealServers()) {
            session in
            for message in messages {
                let receipt = try await session.send(.text(Self.text), envelope: message.envelope())
                #expect(receipt.recipients.map(\.code) == Array(repeating: .ok, count: count))
                #expect(receipt.recipients.map(\.stage) == Array(repeating: .finalReply, count: count))
                #expect(receipt.recipients.last?.reply == receipt.finalReply)
                for outcome in receipt.recipients where server == .aiosmtpdLMTP {
                    #expect(outcome.text.contains(outcome.recipient.description))
                }
            }
            #expect(try await session.noop().code == .ok)
        }
        for message in messages { try server.expectStored(message, wire: Data(Self.text.utf8)) }
    }

    @Test("a recipient that stands in the envelope twice is sent once", arguments: RealServer.allCases)
    func twice(server: RealServer) async throws {
        let message = RealMessage(to: "a", "b")
        let envelope = try Envelope(
            from: message.sender,
            to: message.recipients + message.recipients.map { $0.replacing("server", with: "SERVER") }
        )
        let receipt = try await SMTPClient.send(
            RawMessage(.text(Self.text), envelope: envelope),
            through: server.endpoint(),
            configuration: .forRealServers()
        )
        #expect(receipt.recipients.count == 2)
        try server.expectStored(message, wire: Data(Self.text.utf8))
    }

    @Test(
        "R2033-5 partial success: every recipient has an outcome of its own",
        .realServer(RealServer.aiosmtpdLMTP.variable),
        arguments: PipeliningLevel.allCases
    )
    func partly(level: PipeliningLevel) async throws {
        let message = RealMessage(to: "a", "rcpt-550", "final-452", "b", "rcpt-450", "final-554", "c")
        let next = RealMessage()
        var options = SendOptions()
        options.pipelining = level
        let server = RealServer.aiosmtpdLMTP
        try await SMTPSession.withSession(to: server.endpoint(), configuration: .forRealServers()) {
            session in
            let receipt = try await session.send(
                .text(Self.text),
                envelope: message.envelope(),
                options: options
            )
            #expect(
                receipt.recipients.map(\.disposition) == [
                    .accepted, .refusedPermanently, .refusedTemporarily, .accepted, .refusedTemporarily,
                    .refusedPermanently, .accepted,
                ]
            )
            #expect(receipt.recipients.map { $0.code?.value } == [250, 550, 452, 250, 450, 554, 250])
            #expect(
                receipt.recipients.map(\.stage) == [
                    .finalReply, .rcpt, .finalReply, .finalReply, .rcpt, .finalReply, .finalReply,
                ]
            )
            for outcome in receipt.recipients {
                #expect(outcome.text.contains(outcome.recipient.description) || outcome.code?.value == 250)
            }
            #expect(receipt.accepted.count == 3)
            #expect(receipt.refused.count == 4)
            try await session.send(.text(Self.text), envelope: next.envelope())
        }
        let copies = try server.copies(of: message)
        #expect(copies.map(\.recipients) == [[0, 3, 6].map { message.recipients[$0] }])
        #expect(copies.map(\.content) == [Data(Self.text.utf8)])
        try server.expectStored(next, wire: Data(Self.text.utf8))
    }

    @Test(
        "R2033-5 nobody accepted: an error that holds every outcome",
        .realServer(RealServer.aiosmtpdLMTP.variable)
    )
    func nobody() async throws {
        let message = RealMessage(to: "rcpt-550", "final-554", "final-451")
        let next = RealMessage()
        let server = RealServer.aiosmtpdLMTP
        try await SMTPSession.withSession(to: server.endpoint(), configuration: .forRealServers()) {
            session in
            let error = await #expect(throws: SMTPError.self) {
                try await session.send(.text(Self.text), envelope: message.envelope())
            }
            #expect(error?.code == .dataRefused)
            #expect(error?.stage == .finalReply)
            #expect(
                error?.recipients.map(\.disposition) == [
                    .refusedPermanently, .refusedPermanently, .refusedTemporarily,
                ]
            )
            try await session.send(.text(Self.text), envelope: next.envelope())
        }
        #expect(try server.copies(of: message).isEmpty)
        try server.expectStored(next, wire: Data(Self.text.utf8))
    }

    @Test(
        "all or nothing: one refused recipient refuses the message",
        .realServer(RealServer.aiosmtpd.variable),
        arguments: [RealServer.aiosmtpd, .aiosmtpdLMTP]
    )
    func allOrNothing(server: RealServer) async throws {
        let message = RealMessage(to: "a", "rcpt-550", "b")
        let next = RealMessage(to: "a", "b")
        var options = SendOptions()
        options.requiresAllRecipients = true
        try await SMTPSession.withSession(to: server.endpoint(), configuration: .forRealServers()) {
            session in
            let error = await #expect(throws: SMTPError.self) {
                try await session.send(.text(Self.text), envelope: message.envelope(), options: options)
            }
            #expect(error?.code == .recipientsRefused)
            #expect(error?.acceptance == .refusedPermanently)
            #expect(error?.recipients.count == 3)
            #expect(error?.recipients.contains { $0.disposition == .accepted } == false)
            try await session.send(.text(Self.text), envelope: next.envelope(), options: options)
        }
        #expect(try server.copies(of: message).isEmpty)
        try server.expectStored(next, wire: Data(Self.text.utf8))
    }

    @Test(
        "SMTP's one final reply decides for all recipients",
        .realServer(RealServer.aiosmtpd.variable),
        arguments: [(451, Acceptance.refusedTemporarily), (554, .refusedPermanently)]
    )
    func refusedContent(code: Int, acceptance: Acceptance) async throws {
        let message = RealMessage(to: "a", "final-\(code)")
        let error = await #expect(throws: SMTPError.self) {
            try await SMTPClient.send(
                RawMessage(.text(Self.text), envelope: message.envelope()),
                through: RealServer.aiosmtpd.endpoint(),
                configuration: .forRealServers()
            )
        }
        #expect(error?.code == .dataRefused)
        #expect(error?.reply?.code.value == code)
        #expect(error?.acceptance == acceptance)
        #expect(error?.recipients.map { $0.code?.value } == [code, code])
        #expect(try RealServer.aiosmtpd.copies(of: message).isEmpty)
    }
}
