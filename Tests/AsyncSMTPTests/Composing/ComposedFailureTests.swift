import AsyncSMTP
import Foundation
import SMTPTestServer
import Testing

/// Messages that cannot be written are refused before anything is sent.
@Suite("Composed messages: what cannot be sent", .timeLimit(.minutes(5)))
struct ComposedFailureTests {
    private struct Refusal: Error {}

    private struct Broken: OutgoingMessage {
        var form: MessageForm { get throws { throw Refusal() } }
    }

    struct Row: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let code: SMTPError.Code
        let change: @Sendable (inout Message) throws -> Void
    }

    static let rows: [Row] = [
        Row(testDescription: "no author", code: .invalidMessage) { $0.from = [] },
        Row(testDescription: "two authors without a sender", code: .invalidMessage) { $0.from += $0.from },
        Row(testDescription: "nobody to send to", code: .invalidMessage) { $0.to = [] },
        Row(testDescription: "a subject with a line end", code: .invalidMessage) {
            $0.subject = "a\r\nBcc: v@x"
        },
        Row(testDescription: "a field twice", code: .invalidMessage) {
            $0.fields.append(.subject, .text("another"))
        },
        Row(testDescription: "a part without parts", code: .invalidMessage) {
            $0.body = .multipart(.mixed, [])
        },
        Row(testDescription: "a file that is not there", code: .contentSourceFailed) {
            $0.attachments = [.attachment(file: "/nowhere/at all")]
        },
        Row(testDescription: "content that can be read once", code: .invalidMessage) {
            let stream = AsyncStream<[UInt8]> { $0.finish() }
            $0.attachments = [.attachment(.stream(stream), named: "x")]
        },
    ]

    @Test("S-B3.1 R5322-3.6-1 a message that cannot be written never opens a connection", arguments: rows)
    func refused(row: Row) async throws {
        try await Loopback.withClient { server, client in
            var message = try ComposedSendTests.message()
            message.cc = []
            message.bcc = []
            try row.change(&message)
            let error = await #expect(throws: SMTPError.self) { try await client.send(message) }
            #expect(error?.code == row.code)
            #expect(error?.stage == .preparation)
            #expect(error?.acceptance == .notAccepted)
            #expect(server.sessions.isEmpty)
        }
    }

    @Test("in a fan-out the others go their way")
    func fanOut() async throws {
        try await Loopback.withClient { server, client in
            let outcomes = client.send(toEach: 0..<30) { number in
                var message = try ComposedSendTests.message("number \(number)")
                if number % 3 == 0 { message.from = [] }
                if number % 3 == 1 { throw Refusal() }
                return message
            }
            var failures: Set<Int> = []
            for await outcome in outcomes {
                guard let error = outcome.error else { continue }
                #expect(error.code == .invalidMessage)
                failures.insert(outcome.index)
            }
            #expect(failures == Set((0..<30).filter { $0 % 3 != 2 }))
            #expect(server.messages.count == 10)
        }
    }

    @Test("what a type of one's own throws is the reason")
    func ownType() async throws {
        try await Loopback.withClient { server, client in
            let error = await #expect(throws: SMTPError.self) { try await client.send(Broken()) }
            #expect(error?.code == .invalidMessage)
            #expect(error?.underlying is Refusal)
            let stream = AsyncStream { continuation in
                continuation.yield(Broken())
                continuation.finish()
            }
            for await outcome in client.send(contentsOf: stream) {
                #expect(outcome.error?.underlying is Refusal)
            }
            #expect(server.sessions.isEmpty)
        }
    }

    @Test("a file that changes its length while it is sent ends the transaction without a terminator")
    func changedFile() async throws {
        try await TestDirectory.with { directory in
            let file = directory.appending(path: "file")
            try Data(repeating: 0x78, count: 200_000).write(to: file)
            let path = file.path(percentEncoded: false)
            let message = try ComposedSendTests.message().attaching(.attachment(file: path))
            let rendered = try await message.rendered()
            try Data(repeating: 0x78, count: 199_000).write(to: file)
            let raw = RawMessage(rendered.content, envelope: try Envelope(of: message))
            try await Loopback.withClient { server, client in
                let error = await #expect(throws: SMTPError.self) { try await client.send(raw) }
                #expect(error?.code == .contentSourceFailed)
                #expect(server.messages.isEmpty)
            }
        }
    }
}
