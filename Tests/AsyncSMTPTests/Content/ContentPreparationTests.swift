import AsyncSMTP
import Foundation
import SMTPTestServer
import Testing

@Suite("Content: what is found out before anything is sent", .timeLimit(.minutes(20)))
struct ContentPreparationTests {
    /// Sends a message that cannot be sent, then one that can, over one session.
    private func expectUnsent(_ message: RawMessage, _ check: (SMTPError) -> Void) async throws {
        try await SMTPTestServer.withServer { server in
            try await SMTPSession.withSession(to: SMTPServer(at: server)) { session in
                let error = await #expect(throws: SMTPError.self) { try await session.send(message) }
                let thrown = try #require(error)
                #expect(thrown.stage == .preparation)
                #expect(thrown.acceptance == .notAccepted)
                #expect(thrown.retryAdvice == .doNotRetry)
                #expect(thrown.recipients.isEmpty)
                check(thrown)
                try await session.send(AnyMessage.raw())
            }
            #expect(server.messages.map(\.text) == [AnyMessage.text])
            #expect(server.sessions.first?.commands.count { $0.hasPrefix("MAIL") } == 1)
            let target = try SMTPServer(at: server)
            await #expect(throws: SMTPError.self) { try await SMTPClient.send(message, through: target) }
            #expect(server.sessions.count == 1)
        }
    }

    @Test("a one-shot stream without an envelope is refused unread, and can be sent with one")
    func streamWithoutEnvelope() async throws {
        let text = "From: a@client.example\r\nTo: b@server.example\r\n\r\nbody\r\n"
        let content = MessageContent.stream(ContentPieces(text.utf8, length: 5))
        try await self.expectUnsent(RawMessage(content)) { #expect($0.code == .invalidArgument) }
        try await SMTPTestServer.withServer { server in
            let message = RawMessage(content, envelope: try AnyMessage.envelope())
            let target = try SMTPServer(at: server)
            try await SMTPClient.send(message, through: target)
            #expect(server.messages.map(\.text) == [text])
            let error = await #expect(throws: SMTPError.self) {
                try await SMTPClient.send(message, through: target)
            }
            #expect(error?.code == .contentSourceFailed)
            #expect(error?.underlying as? ContentSourceError == .alreadyRead)
            #expect(server.messageCount == 1)
        }
    }

    @Test("a file that is not there, or is none", arguments: ["/nonexistent/message.eml", "", "/tmp"])
    func missingFile(path: String) async throws {
        let message = RawMessage(.file(path), envelope: try AnyMessage.envelope())
        try await self.expectUnsent(message) { error in
            #expect(error.code == .contentSourceFailed)
            #expect(error.underlying != nil)
        }
        try await self.expectUnsent(RawMessage(.file(path))) { #expect($0.code == .contentSourceFailed) }
    }

    @Test("a header over 1 MiB", arguments: [false, true])
    func headerTooLong(hasEnvelope: Bool) async throws {
        let header = "From: a@client.example\r\nTo: b@server.example\r\n"
        let field = "X-Long: " + String(repeating: "x", count: 500) + "\r\n"
        let text = header + String(repeating: field, count: (1 << 20) / field.utf8.count + 1)
        let envelope = hasEnvelope ? try AnyMessage.envelope() : nil
        try await TestDirectory.with { directory in
            let file = directory.appending(path: "message")
            try Data(text.utf8).write(to: file)
            for content in [MessageContent.text(text), .file(file.path())] {
                try await self.expectUnsent(RawMessage(content, envelope: envelope)) { error in
                    #expect(error.code == .contentSourceFailed || error.code == .invalidMessage)
                    #expect(error.underlying as? ContentSourceError == .headerTooLong(limit: 1 << 20))
                }
            }
        }
    }

    @Test("a header just under 1 MiB is read", arguments: [true, false])
    func longHeader(isFile: Bool) async throws {
        let header = "From: a@client.example\r\nTo: b@server.example\r\n"
        let field = "X-Long: " + String(repeating: "x", count: 500) + "\r\n"
        let text =
            header + String(repeating: field, count: (1 << 20) / field.utf8.count - 1)
            + "Cc: c@server.example\r\n\r\nbody\r\n"
        try await TestDirectory.with { directory in
            let file = directory.appending(path: "message")
            try Data(text.utf8).write(to: file)
            try await SMTPTestServer.withServer { server in
                let content = isFile ? MessageContent.file(file.path()) : .text(text)
                let receipt = try await SMTPClient.send(RawMessage(content), through: SMTPServer(at: server))
                #expect(receipt.accepted.count == 2)
                #expect(server.messages.map(\.text) == [text])
            }
        }
    }

    @Test("sender and recipients from the header of a file; Bcc is never sent")
    func headerOfFile() async throws {
        let before = "From: Ann <a@client.example>, other@client.example\r\nSender: s@client.example\r\n"
        let hidden = "BCC: d@server.example,\r\n e@server.example\r\n"
        let after =
            "To: b@server.example\r\nCc: c@server.example\r\nMessage-Id: <7@client.example>\r\n\r\nBcc: x\r\n"
        try await TestDirectory.with { directory in
            let file = directory.appending(path: "message")
            try Data((before + hidden + after).utf8).write(to: file)
            try await SMTPTestServer.withServer { server in
                let receipt = try await SMTPClient.send(
                    RawMessage(.file(file.path())),
                    through: SMTPServer(at: server)
                )
                #expect(receipt.messageID == "7@client.example")
                let message = try #require(server.messages.first)
                #expect(message.sender == "s@client.example")
                #expect(
                    message.recipients.map(\.address) == ["b", "c", "d", "e"].map { "\($0)@server.example" }
                )
                #expect(message.text == before + after)
                #expect(message.mailParameters["SIZE"]?.value == String((before + after).utf8.count))
            }
        }
    }

    @Test(
        "a header that does not tell sender and recipients",
        arguments: [
            "", "Subject: x\r\n\r\n", "From: a@x.example\r\n\r\n", "To: b@x.example\r\n\r\n",
            "From: a@x.example, b@x.example\r\nTo: c@x.example\r\n\r\n",
            "From: a@x.example\r\nTo: nobody\r\n\r\n",
            "From: a@x.example\r\nTo: b@x.example\r\nResent-Date: 1\r\nResent-Date: 2\r\n\r\n",
        ]
    )
    func noEnvelope(text: String) async throws {
        try await self.expectUnsent(RawMessage(.text(text))) { #expect($0.code == .invalidMessage) }
    }

    @Test("a file that shrinks between the look at it and the sending is not sent half")
    func shrinkingFile() async throws {
        let gate = SMTPTestServer.Gate()
        let script: SMTPTestServer.Script = [.on(.command("EHLO", occurrence: 1), .hold(gate), .default)]
        let text = "Subject: x\r\n\r\n" + String(repeating: "0123456789\r\n", count: 100)
        try await TestDirectory.with { directory in
            let file = directory.appending(path: "message")
            try Data(text.utf8).write(to: file)
            try await SMTPTestServer.withServer(.init(script: script)) { server in
                let session = try await SMTPSession.connect(to: SMTPServer(at: server))
                let envelope = try AnyMessage.envelope()
                let task = Task { try await session.send(.file(file.path()), envelope: envelope) }
                // The file was looked at by now: hello comes after that.
                try await gate.waitUntilReached()
                try Data(text.utf8.prefix(100)).write(to: file)
                gate.open()
                let error = await #expect(throws: SMTPError.self) { try await task.value }
                #expect(error?.code == .contentSourceFailed)
                #expect(error?.acceptance == .notAccepted)
                await session.quit()
                try await server.waitForSessionsClosed(1)
                #expect(server.messageCount == 0)
            }
        }
    }
}
