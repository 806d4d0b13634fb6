import AsyncSMTP
import SMTPTestServer
import Testing

/// Many messages over few connections, in unusual company.
@Suite("Pipelining: unusual servers and messages", .timeLimit(.minutes(5)))
struct PipelineEdgeTests {
    @Test(
        "R2033-5 LMTP: refusals of single recipients, at RCPT and at the end, meet nobody else",
        arguments: [SMTPTestServer.Segmentation.natural, .everyByte],
        [false, true]
    )
    func lmtp(_ segmentation: SMTPTestServer.Segmentation, usesChunking: Bool) async throws {
        let script: SMTPTestServer.Script = [
            .on(.command("MAIL", occurrence: 7), .reply("550 5.1.8 not you")),
            .on(.command("RCPT") { $0.contains("<refused") }, .reply("550 5.1.1 no such user")),
            .on(.lmtpRecipient(address: "full@example.net"), .reply("452 4.2.2 mailbox full")),
        ]
        let configuration = SMTPTestServer.Configuration(
            flavour: .lmtp,
            script: script,
            segmentation: segmentation
        )
        try await SMTPTestServer.withServer(configuration) { server in
            let recipients = ["one", "refused", "full", "two"].map { "\($0)@example.net" }
            let letters = try (0..<12).map { number in
                try NumberedLetter(number, to: (0...number % 4).map { recipients[($0 + number) % 4] })
            }
            let results = try await server.carry(letters, usesChunking: usesChunking, flavour: .lmtp)
            #expect(results.errors[6]?.code == .senderRefused)
            for (index, (letter, result)) in zip(letters, results).enumerated() where index != 6 {
                let accepted = (try? result.get())?.accepted.count ?? 0
                #expect(accepted == letter.recipients.count { $0.hasPrefix("one") || $0.hasPrefix("two") })
            }
            #expect(server.sessions.count == 1)
        }
    }

    @Test("Q42 a server that answers nothing but 421 is given up", arguments: [false, true])
    func closingAlways(usesChunking: Bool) async throws {
        let script: SMTPTestServer.Script = [.on(.command("MAIL"), .reply("421 4.3.2 no"), .close)]
        try await SMTPTestServer.withServer(.init(script: script)) { server in
            let results = try await server.carry(NumberedLetter.many(8), usesChunking: usesChunking)
            #expect(results.errors.allSatisfy { $0?.code == .serverClosing })
            #expect(server.messageCount == 0)
            #expect(server.sessions.count <= 8)
        }
    }

    @Test("a server that does not know RSET stores nothing that is reported otherwise")
    func withoutReset() async throws {
        let script: SMTPTestServer.Script = [
            .on(.command("MAIL", occurrence: 3), .reply("550 5.1.8 not you")),
            .on(.command("RSET"), .reply("502 5.5.1 what?")),
        ]
        for usesChunking in [false, true] {
            try await SMTPTestServer.withServer(.init(script: script)) { server in
                let results = try await server.carry(NumberedLetter.many(8), usesChunking: usesChunking)
                #expect(results.errors[0] == nil)
            }
        }
    }

    @Test(
        "R2920-7 more octets in flight than all buffers hold do not stop either side",
        arguments: [false, true]
    )
    func full(usesChunking: Bool) async throws {
        let configuration = SMTPTestServer.Configuration(
            segmentation: .chunks(of: 16),
            socketBufferSize: 16_384
        )
        try await SMTPTestServer.withServer(configuration) { server in
            let line = String(repeating: "y", count: 76) + "\r\n"
            let text = "Subject: full\r\n\r\n" + String(repeating: line, count: 350)
            let letters = try (0..<30).map { try NumberedLetter($0, content: .text(text)) }
            let results = try await server.carry(letters, usesChunking: usesChunking)
            #expect(results.areAccepted)
            #expect(server.messages.map(\.sender) == letters.map(\.sender))
            #expect(server.messages.allSatisfy { $0.text == text })
        }
    }

    @Test("a message that cannot be sent here leaves its neighbours alone", arguments: [false, true])
    func notSupported(usesChunking: Bool) async throws {
        try await SMTPTestServer.withServer(.init(extensions: ["PIPELINING", "CHUNKING", "SIZE 1000"])) {
            server in
            var letters = try NumberedLetter.many(9)
            letters[3] = try NumberedLetter(3, to: ["δοκιμή@example.net"])
            let long = String(repeating: "too long for this server\r\n", count: 100)
            letters[5] = try NumberedLetter(5, content: .text("Subject: long\r\n\r\n" + long))
            let results = try await server.carry(letters, usesChunking: usesChunking)
            #expect(results.errors[3]?.code == .notSupported)
            #expect(results.errors[5]?.code == .messageTooLarge)
            #expect(results.errors.count { $0 != nil } == 2)
            #expect(server.sessions.count == 1)
        }
    }

    @Test("Q44 421 to a recipient after others were accepted", arguments: [false, true])
    func closingAtRecipient(usesChunking: Bool) async throws {
        let script: SMTPTestServer.Script = [
            .on(.command("RCPT", occurrence: 8), .reply("421 4.7.0 bye"), .close)
        ]
        try await SMTPTestServer.withServer(.init(script: script)) { server in
            let letters = try NumberedLetter.many(6, to: ["a@example.net", "b@example.net"])
            let results = try await server.carry(letters, usesChunking: usesChunking)
            #expect(results.errors.map { $0 == nil } == [true, true, true, false, true, true])
            #expect(results.errors[3]?.acceptance == .refusedTemporarily)
        }
    }

    @Test("a server that closes behind each message costs none whose content it was not sent")
    func closingBehindEach() async throws {
        let script: SMTPTestServer.Script = [.on(.endOfContent, .default, .close)]
        for usesChunking in [false, true] {
            try await SMTPTestServer.withServer(.init(script: script)) { server in
                let results = try await server.carry(NumberedLetter.many(8), usesChunking: usesChunking)
                if usesChunking {
                    #expect(results.errors.allSatisfy { $0?.acceptance ?? .unknown == .unknown })
                } else {
                    #expect(results.areAccepted)
                    #expect(server.sessions.count == 8)
                }
            }
        }
    }

    @Test("no connection carries more messages than it may", arguments: [false, true])
    func messagesPerConnection(usesChunking: Bool) async throws {
        try await SMTPTestServer.withServer { server in
            let pool = PoolConfiguration(
                maximumConnections: 1,
                maximumMessagesPerConnection: 3,
                backOff: nil
            )
            let letters = try NumberedLetter.many(10)
            let results = try await server.carry(letters, usesChunking: usesChunking, pool: pool)
            #expect(results.areAccepted)
            #expect(server.messages.map(\.sessionIndex) == [0, 0, 0, 1, 1, 1, 2, 2, 2, 3])
        }
    }

    @Test("several connections store each message once", arguments: [false, true])
    func severalConnections(usesChunking: Bool) async throws {
        try await SMTPTestServer.withServer { server in
            let pool = PoolConfiguration(maximumConnections: 4, maximumInFlight: 4, backOff: nil)
            let letters = try NumberedLetter.many(400)
            let results = try await server.carry(letters, usesChunking: usesChunking, pool: pool)
            #expect(results.areAccepted)
            #expect(server.messageCount == 400)
            #expect(server.sessions.count <= 4)
        }
    }
}
