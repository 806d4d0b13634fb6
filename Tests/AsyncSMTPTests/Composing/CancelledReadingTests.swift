import AsyncSMTP
import Foundation
import NIOCore
import SMTPTestServer
import Testing

/// A task that is cancelled while a file is read for it lets go of the file, whatever reads it.
///
/// A file handle that is dropped while it is open ends the process.
@Suite("Cancelled while a file is read", .timeLimit(.minutes(5)))
struct CancelledReadingTests {
    /// What reads a file, told when to do so.
    enum Reader: String, CaseIterable, Sendable {
        case renderedText, octets, lint, sendComposed, sendWritten, sendSigned, memoryTransport, fileTransport
    }

    private static func run(_ reader: Reader, _ file: URL, _ client: SMTPClient) async throws {
        let path = file.path(percentEncoded: false)
        let message = try ComposedSendTests.message().attaching(.attachment(file: path))
        switch reader {
        case .renderedText:
            var message = message
            message.text = .text(.file(path), type: .plainText)
            _ = try await message.rendered()
        case .octets: _ = try await message.rendered().octets()
        case .lint: _ = try await MessageContent.file(path).lint()
        case .sendComposed: try await client.send(message)
        case .sendWritten:
            try await client.send(RawMessage(.file(path), envelope: try Letter.envelope()))
        case .sendSigned:
            var options = SendOptions()
            let key = try DKIMKey.generate(.ed25519SHA256)
            options.dkim = [try DKIMSigner(domain: "example.org", selector: "s", key: key)]
            try await client.send(message, options: options)
        case .memoryTransport: try await MemoryTransport().send(message)
        case .fileTransport:
            let directory = file.deletingLastPathComponent().appending(path: "outbox")
            try await FileTransport(directory: directory.path(percentEncoded: false)).send(message)
        }
    }

    @Test("at whatever moment it is cancelled", arguments: Reader.allCases)
    func cancelled(reader: Reader) async throws {
        try await TestDirectory.with { directory in
            let file = directory.appending(path: "file")
            try Data(repeating: 0x78, count: 2 * 1024 * 1024).write(to: file)
            try await Loopback.withClient { _, client in
                for yields in 0..<40 {
                    let task = Task { try await Self.run(reader, file, client) }
                    // Another moment each time, without a clock.
                    for _ in 0..<yields * yields { await Task.yield() }
                    task.cancel()
                    _ = await task.result
                }
            }
        }
    }
}
