import AsyncSMTP
import Foundation
import SMTPTestServer
import Testing

@Suite("Content: sources that fail", .timeLimit(.minutes(20)))
struct FailingSourceTests {
    /// Sends content that must not arrive, then one that must, over the same client.
    private func expectNothingAccepted(
        _ content: MessageContent,
        usesChunking: Bool = false,
        flavour: Flavour = .smtp,
        _ check: (SMTPError) -> Void
    ) async throws {
        var configuration = SMTPConfiguration()
        configuration.sending.usesChunking = usesChunking
        try await SMTPTestServer.withServer(.init(flavour: flavour == .smtp ? .smtp : .lmtp)) { server in
            let target = try SMTPServer(at: server, flavour: flavour)
            try await SMTPClient.withClient(target, configuration: configuration) { client in
                let message = RawMessage(content, envelope: try AnyMessage.envelope())
                let error = await #expect(throws: SMTPError.self) { try await client.send(message) }
                let thrown = try #require(error)
                #expect(thrown.acceptance == .notAccepted)
                #expect(thrown.reply == nil)
                check(thrown)
                try await client.send(AnyMessage.raw())
                #expect(server.messages.map(\.text) == [AnyMessage.text])
            }
            try await server.waitForSessionsClosed(server.sessions.count)
            self.expectNoEnd(of: try #require(server.sessions.first))
        }
    }

    /// Checks that the octets of a session end within the content.
    private func expectNoEnd(of session: SMTPTestServer.SessionRecord) {
        #expect(session.end != .quit)
        #expect(session.unfinishedContentCount != nil)
        let octets = Data(session.receivedOctets)
        #expect(octets.range(of: Data("\r\n.\r\n".utf8)) == nil)
        #expect(octets.range(of: Data(" LAST\r\n".utf8)) == nil)
    }

    @Test(
        "E6.3 a stream that throws: nothing is accepted, its error is underlying",
        arguments: [2, 4],
        [
            false, true,
        ]
    )
    func throwing(pieces: Int, usesChunking: Bool) async throws {
        try await self.expectNothingAccepted(
            .stream(FailingSource(pieces: pieces, end: .fails)),
            usesChunking: usesChunking
        ) { error in
            #expect(error.code == .contentSourceFailed)
            #expect(error.stage == .content)
            #expect(error.underlying as? FailingSource.Broken == FailingSource.Broken())
            #expect(error.recipients.map(\.disposition) == [.notAccepted])
            #expect(error.retryAdvice == .doNotRetry)
        }
    }

    @Test("E6.3 by LMTP, and with a length")
    func throwingByLMTP() async throws {
        let content = MessageContent.stream(FailingSource(pieces: 4, end: .fails), length: 1_000_000)
        try await self.expectNothingAccepted(content, flavour: .lmtp) { error in
            #expect(error.code == .contentSourceFailed)
            #expect(error.underlying is FailingSource.Broken)
        }
    }

    @Test("E6.3 before the first octet: nothing is accepted", arguments: [false, true])
    func throwingAtOnce(usesChunking: Bool) async throws {
        var options = SendOptions()
        options.usesChunking = usesChunking
        try await SMTPTestServer.withServer { server in
            let session = try await SMTPSession.connect(to: SMTPServer(at: server))
            let envelope = try AnyMessage.envelope()
            let error = await #expect(throws: SMTPError.self) {
                try await session.send(
                    .stream(FailingSource(pieces: 0, end: .fails)),
                    envelope: envelope,
                    options: options
                )
            }
            #expect(error?.code == .contentSourceFailed)
            #expect(error?.underlying is FailingSource.Broken)
            #expect(error?.acceptance == .notAccepted)
            await session.quit()
            try await server.waitForSessionsClosed(1)
            #expect(server.messageCount == 0)
        }
    }

    @Test("a re-readable stream that throws is found out before anything is sent")
    func throwingBefore() async throws {
        try await SMTPTestServer.withServer { server in
            try await SMTPSession.withSession(to: SMTPServer(at: server)) { session in
                let envelope = try AnyMessage.envelope()
                let error = await #expect(throws: SMTPError.self) {
                    try await session.send(
                        .stream { FailingSource(pieces: 3, end: .fails) },
                        envelope: envelope
                    )
                }
                #expect(error?.code == .contentSourceFailed)
                #expect(error?.stage == .preparation)
                #expect(error?.underlying is FailingSource.Broken)
                try await session.send(.text(AnyMessage.text), envelope: envelope)
            }
            #expect(server.sessions.first?.commands.count { $0.hasPrefix("MAIL") } == 1)
            #expect(server.messages.map(\.text) == [AnyMessage.text])
        }
    }

    @Test(
        "a stream that has more or fewer octets than it was said to",
        arguments: [-1, 1, -100_000, 500_000],
        [
            false, true,
        ]
    )
    func wrongLength(difference: Int, usesChunking: Bool) async throws {
        let octets = FailingSource.piece + FailingSource.piece + FailingSource.piece
        let length = UInt64(octets.count + difference)
        try await self.expectNothingAccepted(
            .stream(ContentPieces(octets, length: 90_000), length: length),
            usesChunking: usesChunking
        ) { error in
            #expect(error.code == .contentSourceFailed)
            #expect(error.stage == .content)
            guard case .lengthDiffers(let expected, let found) = error.underlying as? ContentSourceError
            else {
                Issue.record("\(String(describing: error.underlying))")
                return
            }
            #expect(expected == length)
            // A stream with too much is cut off as soon as that is known.
            #expect(difference > 0 ? found == UInt64(octets.count) : found > length)
            #expect(error.recipients.map(\.disposition) == [.notAccepted])
        }
    }

    @Test(
        "a re-readable stream of the wrong length is found out before anything is sent",
        arguments: [-1, 1]
    )
    func wrongLengthBefore(difference: Int) async throws {
        let octets = Array(AnyMessage.text.utf8)
        let length = UInt64(octets.count + difference)
        try await SMTPTestServer.withServer { server in
            let target = try SMTPServer(at: server)
            let content = MessageContent.stream(length: length) { ContentPieces(octets, length: 7) }
            let message = RawMessage(content, envelope: try AnyMessage.envelope())
            let error = await #expect(throws: SMTPError.self) {
                try await SMTPClient.send(message, through: target)
            }
            #expect(error?.code == .contentSourceFailed)
            #expect(error?.stage == .preparation)
            #expect(error?.underlying is ContentSourceError)
            #expect(server.sessions.isEmpty)
        }
    }

    @Test(
        "E6.2 a stream that ends because its task was cancelled is not taken for complete",
        arguments: [0, 1, 3],
        [false, true]
    )
    func cancelled(pieces: Int, usesChunking: Bool) async throws {
        for throwsWhenCancelled in [false, true] {
            for length in [nil, UInt64(pieces * FailingSource.piece.count)] {
                let reached = SMTPTestServer.Gate()
                let source = FailingSource(
                    pieces: pieces,
                    end: throwsWhenCancelled
                        ? .throwsWhenCancelled(reached: reached) : .endsWhenCancelled(reached: reached)
                )
                try await self.cancel(
                    .stream(source, length: length),
                    after: reached,
                    usesChunking: usesChunking
                )
            }
        }
    }

    private func cancel(
        _ content: MessageContent,
        after reached: SMTPTestServer.Gate,
        usesChunking: Bool
    ) async throws {
        var configuration = SMTPConfiguration()
        configuration.sending.usesChunking = usesChunking
        try await SMTPTestServer.withServer { server in
            let target = try SMTPServer(at: server)
            try await SMTPClient.withClient(target, configuration: configuration) { client in
                let message = RawMessage(content, envelope: try AnyMessage.envelope())
                let task = Task { try await client.send(message) }
                try await reached.wait()
                task.cancel()
                let error = await #expect(throws: SMTPError.self) { try await task.value }
                #expect(error?.code == .cancelled)
                #expect(error?.acceptance == .notAccepted)
                try await client.send(AnyMessage.raw())
            }
            try await server.waitForSessionsClosed(server.sessions.count)
            #expect(server.messages.map(\.text) == [AnyMessage.text])
            let first = try #require(server.sessions.first)
            #expect(first.end != .quit)
            #expect(Data(first.receivedOctets).range(of: Data("\r\n.\r\n".utf8)) == nil)
            #expect(Data(first.receivedOctets).range(of: Data(" LAST\r\n".utf8)) == nil)
        }
    }

    @Test("a re-readable stream that ends because its task was cancelled opens no connection")
    func cancelledBefore() async throws {
        try await SMTPTestServer.withServer { server in
            let reached = SMTPTestServer.Gate()
            let client = SMTPClient(try SMTPServer(at: server))
            let content = MessageContent.stream {
                FailingSource(pieces: 1, end: .endsWhenCancelled(reached: reached))
            }
            let message = RawMessage(content, envelope: try AnyMessage.envelope())
            let task = Task { try await client.send(message) }
            try await reached.wait()
            task.cancel()
            let error = await #expect(throws: SMTPError.self) { try await task.value }
            #expect(error?.code == .cancelled)
            await client.shutdown()
            #expect(server.sessions.isEmpty)
        }
    }
}
