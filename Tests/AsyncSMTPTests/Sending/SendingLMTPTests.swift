import AsyncSMTP
import SMTPTestServer
import Testing

/// A reply for each recipient, at the server (RFC 2033).
@Suite("LMTP outcomes")
struct SendingLMTPTests {
    private static func envelope(_ names: String...) throws -> Envelope {
        try Letter.envelope(to: names.map { "\($0)@y.example" })
    }

    @Test(
        "Q70 R2033-2 each outcome belongs to its recipient, refused ones get none, the next one is in step",
        arguments: PipeliningLevel.allCases,
        [false, true]
    )
    func outcomes(level: PipeliningLevel, usesChunking: Bool) async throws {
        let script: SMTPTestServer.Script = [
            .on(.command("RCPT", occurrence: 2), .reply("550 5.1.1 no such user")),
            .on(.lmtpRecipient(address: "c@y.example", occurrence: 1), .reply("452 4.2.2 c is full")),
            .on(
                .lmtpRecipient(address: "d@y.example", occurrence: 1),
                .reply("550 5.7.1 d does not want it")
            ),
        ]
        let configure: (inout SMTPConfiguration) -> Void = {
            $0.sending.pipelining = level
            $0.sending.usesChunking = usesChunking
        }
        try await Loopback.withSession(.init(flavour: .lmtp, script: script), configure: configure) {
            server,
            session in
            let envelope = try Self.envelope("a", "b", "c", "d", "e")
            let receipt = try await session.send(Letter.content, envelope: envelope)
            let expected: [RecipientOutcome.Disposition] = [
                .accepted, .refusedPermanently, .refusedTemporarily, .refusedPermanently, .accepted,
            ]
            #expect(receipt.recipients.map(\.disposition) == expected)
            #expect(
                receipt.recipients.map(\.stage) == [
                    .finalReply, .rcpt, .finalReply, .finalReply, .finalReply,
                ]
            )
            #expect(receipt.recipients[2...3].map(\.text) == ["c is full", "d does not want it"])
            let next = try await session.send(Letter.content, envelope: Self.envelope("c", "d"))
            #expect(next.refused.isEmpty)
            try await Loopback.expectUsable(session)
            #expect(
                server.messages.map(\.addresses) == [
                    ["a@y.example", "e@y.example"], ["c@y.example", "d@y.example"],
                ]
            )
        }
    }

    @Test(
        "Q70 R2033-2 refused for everybody is an error with every reply",
        arguments: PipeliningLevel.allCases
    )
    func refusedForAll(level: PipeliningLevel) async throws {
        let script: SMTPTestServer.Script = [
            .on(.lmtpRecipient(0), .reply("452 4.2.2 full")), .on(.lmtpRecipient(1), .reply("550 5.2.1 off")),
        ]
        let configure: (inout SMTPConfiguration) -> Void = { $0.sending.pipelining = level }
        try await Loopback.withSession(.init(flavour: .lmtp, script: script), configure: configure) {
            _,
            session in
            let error = try await #require(throws: SMTPError.self) {
                try await session.send(Letter.content, envelope: Self.envelope("a", "b"))
            }
            #expect(error.code == .dataRefused)
            #expect(error.recipients.map(\.disposition) == [.refusedTemporarily, .refusedPermanently])
            #expect(error.recipients.map(\.code?.value) == [452, 550])
            try await Loopback.expectUsable(session)
        }
    }

    @Test("R2033-2 the same recipient in another case is another recipient, and has a reply of its own")
    func almostDuplicates() async throws {
        try await Loopback.withSession(.init(flavour: .lmtp)) { server, session in
            let receipt = try await session.send(Letter.content, envelope: Self.envelope("a", "A", "a"))
            #expect(receipt.recipients.map(\.code?.value) == [250, 250])
            try await Loopback.expectUsable(session)
            #expect(server.messages.map(\.addresses) == [["a@y.example", "A@y.example"]])
        }
    }

    @Test("R2033-5 a connection lost after some replies: those are known, the rest is not", arguments: 0...3)
    func lostAmongReplies(known: Int) async throws {
        let script: SMTPTestServer.Script = [.on(.lmtpRecipient(known), .close)]
        try await Loopback.withSession(.init(flavour: .lmtp, script: script)) { _, session in
            let envelope = try Self.envelope("a", "b", "c")
            guard known < 3 else {
                // Nobody is the fourth: all replies came.
                let receipt = try await session.send(Letter.content, envelope: envelope)
                #expect(receipt.accepted.count == 3)
                return
            }
            let error = try await #require(throws: SMTPError.self) {
                try await session.send(Letter.content, envelope: envelope)
            }
            #expect(error.code == .disconnected)
            let dispositions = (0..<3).map { $0 < known ? RecipientOutcome.Disposition.accepted : .unknown }
            #expect(error.recipients.map(\.disposition) == dispositions)
            #expect(error.acceptance == .unknown)
            #expect(error.retryAdvice == .mayDuplicate)
        }
    }

    @Test(
        "R2033-7 421 instead of a reply: the rest is refused for now, and the connection is closed",
        arguments: 0...2
    )
    func closingAmongReplies(known: Int) async throws {
        let script: SMTPTestServer.Script = [
            .on(.lmtpRecipient(known), .reply("421 4.3.2 going down"), .close)
        ]
        try await Loopback.withSession(.init(flavour: .lmtp, script: script)) { server, session in
            let envelope = try Self.envelope("a", "b", "c")
            var outcomes: [RecipientOutcome] = []
            do {
                outcomes = try await session.send(Letter.content, envelope: envelope).recipients
                #expect(known > 0)
            } catch let error as SMTPError {
                #expect(known == 0)
                #expect(error.code == .serverClosing)
                #expect(error.acceptance == .refusedTemporarily)
                outcomes = error.recipients
            }
            let accepted = outcomes.prefix(known).allSatisfy { $0.disposition == .accepted }
            let rest = outcomes.dropFirst(known)
            #expect(accepted)
            #expect(rest.count == 3 - known)
            #expect(rest.allSatisfy { [.refusedTemporarily, .unknown].contains($0.disposition) })
            #expect(await !session.isOpen)
            try await server.waitForSessionsClosed(1)
        }
    }

    @Test("R2033-8 RSET and MAIL forget the recipients: as many replies as the last transaction has")
    func forgottenRecipients() async throws {
        try await Loopback.withSession(.init(flavour: .lmtp)) { server, session in
            let sender = try ReversePath("ann@x.example")
            try await session.mail(from: sender)
            for name in ["a", "b"] { try await session.rcpt(to: ForwardPath("\(name)@y.example")) }
            try await session.reset()
            try await session.mail(from: sender)
            try await session.rcpt(to: ForwardPath("c@y.example"))
            #expect(try await session.data(Letter.content).count == 1)
            try await session.mail(from: sender)
            for name in ["d", "e", "f"] { try await session.rcpt(to: ForwardPath("\(name)@y.example")) }
            #expect(try await session.data(Letter.content).count == 3)
            let receipt = try await session.send(Letter.content, envelope: Self.envelope("g"))
            #expect(receipt.recipients.count == 1)
            try await Loopback.expectUsable(session)
            #expect(server.messages.map(\.recipients.count) == [1, 3, 1])
        }
    }
}
