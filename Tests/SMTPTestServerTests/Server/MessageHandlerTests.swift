import NIOConcurrencyHelpers
import Testing

@testable import SMTPTestServer

@Suite("Messages are shown to a closure before they are accepted", .timeLimit(.minutes(5)))
struct MessageHandlerTests {
    private typealias Message = SMTPTestServer.ReceivedMessage
    private static let envelope = "MAIL FROM:<a@x>\r\nRCPT TO:<b@y>\r\nRCPT TO:<c@y>\r\n"

    /// Delivers a message over a connection of its own; gives the codes behind the 354.
    private func deliver(to server: SMTPTestServer, _ hello: String, replies: Int) async throws -> [Int] {
        try await RawClient.with(server) { client in
            try await client.send("\(hello) c\r\n\(Self.envelope)DATA\r\n")
            try await client.waitForReplies(6)
            try await client.send("hi\r\n.\r\n")
            try await client.waitForReplies(6 + replies)
            return Array(client.codes.dropFirst(6))
        }
    }

    @Test(
        "what it returns refuses the message, to every recipient",
        arguments: [
            (nil, [250]), ("452 4.3.1 disk full", [452]), ("554 no\r\n250 yes", [554]), ("250 yes", [451]),
            ("full", [451]), ("", [451]),
        ] as [(String?, [Int])],
        [SMTPTestServer.Flavour.smtp, .lmtp]
    )
    func refusal(answer: (text: String?, codes: [Int]), flavour: SMTPTestServer.Flavour) async throws {
        let seen = NIOLockedValueBox<[Message]>([])
        let configuration = SMTPTestServer.Configuration(
            flavour: flavour,
            onMessage: { message in
                seen.withLockedValue { $0.append(message) }
                return answer.text
            }
        )
        try await SMTPTestServer.withServer(configuration) { server in
            let isLMTP = flavour == .lmtp
            let codes = try await self.deliver(
                to: server,
                isLMTP ? "LHLO" : "EHLO",
                replies: isLMTP ? 2 : 1
            )
            #expect(codes == (isLMTP ? answer.codes + answer.codes : answer.codes))
            #expect(server.messageCount == (answer.text == nil ? 1 : 0))
        }
        let messages = seen.withLockedValue { $0 }
        #expect(messages.map(\.text) == ["hi\r\n"])
        #expect(messages.map(\.sender) == ["a@x"])
        #expect(messages.map { $0.recipients.map(\.address) } == [["b@y", "c@y"]])
    }

    @Test(
        "it is not asked about a message that is not accepted anyhow, or by a script",
        arguments: [
            (100, [.on(.endOfContent, .reply("451 later"))], 451),
            (100, [.on(.endOfContent, .reply("250 ok"))], 250),
            (3, [], 552),
        ] as [(Int, SMTPTestServer.Script, Int)]
    )
    func notAsked(size: Int, script: SMTPTestServer.Script, code: Int) async throws {
        let configuration = SMTPTestServer.Configuration(
            maximumMessageSize: size,
            script: script,
            onMessage: { _ in "554 5.0.0 asked" }
        )
        try await SMTPTestServer.withServer(configuration) { server in
            let codes = try await self.deliver(to: server, "EHLO", replies: 1)
            #expect(codes == [code])
        }
    }

    @Test("the connection waits for it, and others do not; what came meanwhile is obeyed afterwards")
    func waits() async throws {
        let gate = SMTPTestServer.Gate()
        let asked = SMTPTestServer.Gate()
        let configuration = SMTPTestServer.Configuration(onMessage: { message in
            guard message.sessionIndex == 0 else { return nil }
            asked.open()
            try? await gate.wait()
            return nil
        })
        try await SMTPTestServer.withServer(configuration) { server in
            try await RawClient.with(server) { client in
                try await client.send("EHLO c\r\n\(Self.envelope)DATA\r\n")
                try await client.waitForReplies(6)
                try await client.send("hi\r\n.\r\nNOOP\r\n")
                try await asked.wait()
                let others = try await self.deliver(to: server, "EHLO", replies: 1)
                #expect(others == [250])
                #expect(client.codes.count == 6)
                gate.open()
                try await client.waitForReplies(8)
                #expect(client.codes.suffix(2) == [250, 250])
                #expect(server.messages.map(\.sessionIndex) == [1, 0])
            }
        }
    }

    @Test(
        "a client that goes while it is asked gets nothing, and the server shuts down",
        arguments: [true, false]
    )
    func clientGoes(isShutDown: Bool) async throws {
        let gate = SMTPTestServer.Gate()
        let asked = SMTPTestServer.Gate()
        let configuration = SMTPTestServer.Configuration(onMessage: { _ in
            asked.open()
            try? await gate.wait()
            return nil
        })
        let server = try await SMTPTestServer.start(configuration)
        try await RawClient.with(server) { client in
            try await client.send("EHLO c\r\n\(Self.envelope)DATA\r\n")
            try await client.waitForReplies(6)
            try await client.send("hi\r\n.\r\n")
            try await asked.wait()
            if isShutDown { try await server.shutdown() }
        }
        if !isShutDown { try await server.waitForSessionsClosed(1) }
        gate.open()
        try await server.shutdown()
        #expect(server.messageCount == 0)
    }

    @Test("by BDAT it is asked at the last chunk")
    func chunks() {
        let dialogue = Dialogue(.init(onMessage: { _ in nil }))
        dialogue.send("EHLO c\r\n\(Self.envelope)BDAT 2\r\nhi")
        #expect(dialogue.offered.isEmpty)
        dialogue.send("BDAT 2 LAST\r\n\r\n")
        #expect(dialogue.offered.map(\.text) == ["hi\r\n"])
        #expect(dialogue.messages.isEmpty)
    }
}
