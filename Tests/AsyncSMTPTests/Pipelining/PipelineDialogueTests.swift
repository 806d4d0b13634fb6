import AsyncSMTP
import Foundation
import SMTPTestServer
import Testing

/// Many messages over few connections to servers that refuse, close, limit or do not pipeline.
@Suite("Pipelining: many messages and what servers do to them", .timeLimit(.minutes(5)))
struct PipelineDialogueTests {
    /// Place of a 421.
    struct Place: Sendable, CustomTestStringConvertible {
        let stage: SMTPTestServer.Stage
        /// Whether the message it answers is refused by it, and not only the connection closed.
        let refuses: Bool
        let testDescription: String

        static let all = [
            Place(stage: .command("MAIL", occurrence: 5), refuses: false, testDescription: "MAIL"),
            Place(stage: .command("RCPT", occurrence: 5), refuses: true, testDescription: "RCPT"),
            Place(stage: .endOfContent(occurrence: 5), refuses: true, testDescription: "the content"),
        ]
    }

    @Test("Q42 those behind a 421 go over a fresh connection, once", arguments: Place.all, [false, true])
    func closing(at place: Place, usesChunking: Bool) async throws {
        let script: SMTPTestServer.Script = [
            .on(place.stage, .reply("421 4.3.2 too many messages in one session"), .close)
        ]
        try await SMTPTestServer.withServer(.init(script: script)) { server in
            let results = try await server.carry(NumberedLetter.many(9), usesChunking: usesChunking)
            let failed = results.indices.filter { (try? results[$0].get()) == nil }
            #expect(failed == (place.refuses ? [4] : []))
            #expect(server.messageCount == 9 - failed.count)
            #expect(server.sessions.count == 2)
        }
    }

    @Test(
        "Q48 the recipients too many for one transaction get theirs in a further one",
        arguments: [false, true]
    )
    func tooManyRecipients(usesChunking: Bool) async throws {
        try await SMTPTestServer.withServer(.init(maximumRecipients: 3)) { server in
            var letters = try NumberedLetter.many(7)
            letters[3] = try NumberedLetter(3, to: (0..<8).map { "r\($0)@example.net" })
            let results = try await server.carry(letters, usesChunking: usesChunking)
            #expect(results.areAccepted)
            #expect(server.messageCount == 6 + 3)
        }
    }

    @Test(
        "S-E7.2 replies in one piece, octet by octet and in odd pieces mean the same",
        arguments: [SMTPTestServer.Segmentation.natural, .everyByte, .chunks(of: 7)],
        [false, true]
    )
    func segments(_ segmentation: SMTPTestServer.Segmentation, usesChunking: Bool) async throws {
        let script: SMTPTestServer.Script = [
            .on(.command("MAIL", occurrence: 3), .reply("550-5.1.8 not you", "550 5.1.8 again")),
            .on(.command("RCPT") { $0.contains("<refused@") }, .reply("550 5.1.1 no such user")),
            .on(.endOfContent(occurrence: 6), .reply("451 4.3.0 not now")),
        ]
        let configuration = SMTPTestServer.Configuration(script: script, segmentation: segmentation)
        try await SMTPTestServer.withServer(configuration) { server in
            var letters = try NumberedLetter.many(10)
            letters[4] = try NumberedLetter(4, to: ["refused@example.net"])
            letters[5] = try NumberedLetter(5, to: ["refused@example.net", "one@example.net"])
            let results = try await server.carry(letters, usesChunking: usesChunking)
            let codes = results.errors.map { $0?.code }
            #expect(codes[2] == .senderRefused)
            #expect(codes[4] == .recipientsRefused)
            // The sixth content is that of the eighth message where two never had any.
            let sixth = usesChunking ? 5 : 7
            #expect(codes[sixth] == .dataRefused)
            #expect(codes.indices.filter { codes[$0] != nil } == [2, 4, sixth])
            #expect(server.sessions.count == 1)
        }
    }

    @Test("R2920-1 a server without PIPELINING gets one command at a time", arguments: [false, true])
    func lockStep(usesChunking: Bool) async throws {
        try await SMTPTestServer.withServer(.init(extensions: ["8BITMIME", "CHUNKING"])) { server in
            let results = try await server.carry(NumberedLetter.many(6), usesChunking: usesChunking)
            #expect(results.areAccepted)
            #expect(server.sessions.count == 1)
            #expect(server.sessions.first?.synchronizationErrors == [])
        }
    }

    @Test(
        "R2920-2 nothing stands behind a command that must be the last of its group",
        arguments: [false, true]
    )
    func synchronization(usesChunking: Bool) async throws {
        try await SMTPTestServer.withServer { server in
            let results = try await server.carry(NumberedLetter.many(20), usesChunking: usesChunking)
            #expect(results.areAccepted)
            #expect(server.messages.map(\.sender) == (try NumberedLetter.many(20)).map(\.sender))
            let errors = server.sessions.first?.synchronizationErrors.filter { $0 != "CONTENT" }
            #expect(errors == [])
        }
    }

    @Test(
        "Q51 a server that stumbles over groups costs no message",
        arguments: ["RCPT", "DATA"],
        [500, 502, 503]
    )
    func stumbling(over verb: String, code: Int) async throws {
        // It stumbles as long as it gets groups: once is enough for the client to send command by command.
        let script: SMTPTestServer.Script = [
            .on(.command(verb, occurrence: 3), .reply("\(code) 5.5.1 out of sequence"))
        ]
        try await SMTPTestServer.withServer(.init(script: script)) { server in
            let results = try await server.carry(NumberedLetter.many(8), usesChunking: false)
            #expect(results.areAccepted)
            #expect(server.messageCount == 8)
        }
    }

    @Test("Q51 a server that stumbles over many messages in flight costs none of them")
    func stumblingOverFlights() async throws {
        let script: SMTPTestServer.Script = [
            .on(.command("RCPT", occurrence: .first(8)), .reply("503 5.5.1 out of sequence"))
        ]
        try await SMTPTestServer.withServer(.init(script: script)) { server in
            let results = try await server.carry(
                NumberedLetter.many(12),
                usesChunking: true,
                pool: PoolConfiguration(maximumConnections: 1, maximumInFlight: 8, backOff: nil)
            )
            #expect(results.areAccepted)
            #expect(server.messageCount == 12)
        }
    }

    @Test(
        "a connection that takes no more transactions (MAILMAX) is followed by another",
        arguments: [false, true]
    )
    func limitedTransactions(usesChunking: Bool) async throws {
        let extensions = SMTPTestServer.Configuration.standardExtensions() + ["LIMITS MAILMAX=3"]
        try await SMTPTestServer.withServer(.init(extensions: extensions)) { server in
            let results = try await server.carry(NumberedLetter.many(10), usesChunking: usesChunking)
            #expect(results.areAccepted)
            #expect(server.messages.map(\.sessionIndex) == [0, 0, 0, 1, 1, 1, 2, 2, 2, 3])
        }
    }

    @Test(
        "recipients a server limits (RCPTMAX) go in several transactions among others",
        arguments: [false, true]
    )
    func limitedRecipients(usesChunking: Bool) async throws {
        let extensions = SMTPTestServer.Configuration.standardExtensions() + ["LIMITS RCPTMAX=2"]
        let configuration = SMTPTestServer.Configuration(extensions: extensions, maximumRecipients: 2)
        try await SMTPTestServer.withServer(configuration) { server in
            var letters = try NumberedLetter.many(6)
            letters[2] = try NumberedLetter(2, to: (0..<5).map { "r\($0)@example.net" })
            let results = try await server.carry(letters, usesChunking: usesChunking)
            #expect(results.areAccepted)
            #expect(server.messageCount == 5 + 3)
            #expect(!server.commands.contains { $0.hasPrefix("RCPT") && $0.contains("r5@") })
        }
    }

    @Test(
        "a message that requires all its recipients goes alone, and takes nobody with it",
        arguments: [false, true]
    )
    func allOrNothing(usesChunking: Bool) async throws {
        let script: SMTPTestServer.Script = [
            .on(.command("RCPT") { $0.contains("<refused@") }, .reply("550 5.1.1 no such user"))
        ]
        try await SMTPTestServer.withServer(.init(script: script)) { server in
            var configuration = try Loopback.configuration()
            configuration.sending.usesChunking = usesChunking
            var strict = configuration.sending
            strict.requiresAllRecipients = true
            let letters = try (0..<30).map { number in
                try NumberedLetter(
                    number,
                    to: ["one@example.net", "\(number % 2 == 0 ? "two" : "refused")@example.net"]
                )
            }
            try await SMTPClient.withClient(
                try Loopback.place(of: server),
                configuration: configuration,
                maximumConnections: 1
            ) { [strict] client in
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for (number, letter) in letters.enumerated() {
                        group.addTask {
                            // Each third and each of its recipients, or nobody.
                            let isStrict = number % 3 == 0
                            do throws(SMTPError) {
                                let receipt = try await client.send(
                                    letter.message,
                                    options: isStrict ? strict : nil
                                )
                                #expect(receipt.accepted.count == (number % 2 == 0 ? 2 : 1))
                            } catch {
                                #expect(isStrict && number % 2 == 1)
                                #expect(error.code == .recipientsRefused)
                            }
                        }
                    }
                    try await group.waitForAll()
                }
            }
            let reckoning = Reckoning(server.messages)
            for (number, letter) in letters.enumerated() {
                let isRefused = number % 3 == 0 && number % 2 == 1
                #expect(reckoning.count(letter.sender, "one@example.net") == (isRefused ? 0 : 1))
            }
            #expect(server.sessions.count == 1)
        }
    }

    @Test("large content among small keeps its place and comes whole", arguments: [false, true])
    func largeAmongSmall(usesChunking: Bool) async throws {
        try await TestDirectory.with { directory in
            let line = String(repeating: "x", count: 70) + "\r\n"
            let large = "Subject: large\r\n\r\n" + String(repeating: line, count: 4_000)
            let file = directory.appending(path: "large.eml")
            try Data(large.utf8).write(to: file)
            try await SMTPTestServer.withServer { server in
                var letters = try NumberedLetter.many(9)
                letters[2] = try NumberedLetter(2, content: .file(file.path))
                letters[5] = try NumberedLetter(5, content: .stream(Self.pieces(of: large)))
                letters[6] = try NumberedLetter(6, content: .text(large))
                let results = try await server.carry(letters, usesChunking: usesChunking)
                #expect(results.areAccepted)
                #expect(server.messages.map(\.sender) == letters.map(\.sender))
                #expect(server.messages.filter { $0.text == large }.count == 3)
                #expect(server.sessions.count == 1)
            }
        }
    }

    private static func pieces(of text: String) -> AsyncStream<[UInt8]> {
        AsyncStream { continuation in
            for line in text.split(separator: "\r\n", omittingEmptySubsequences: false).dropLast() {
                continuation.yield(Array("\(line)\r\n".utf8))
            }
            continuation.finish()
        }
    }
}
