import Foundation
import NIOCore
import Testing

@testable import MailMessage

/// Parts that are read from files and streams.
@Suite struct ContentSourceTests {
    /// Some octets, with all values and all kinds of line ends.
    private static let octets: [UInt8] = (0..<270_000).map { UInt8(truncatingIfNeeded: $0 &* 167 &+ $0 >> 9) }

    /// Calls `body` with a file of these octets.
    private static func withFile(_ octets: [UInt8], _ body: (String) async throws -> Void) async throws {
        let file = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
        try Data(octets).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        try await body(file.path())
    }

    /// A stream of these octets in pieces of a size.
    private static func stream(_ octets: [UInt8], piece: Int, length: UInt64?) -> MessageContent {
        .stream(length: length) {
            AsyncStream { continuation in
                var rest = octets[...]
                while !rest.isEmpty {
                    continuation.yield(Array(rest.prefix(piece)))
                    rest = rest.dropFirst(piece)
                }
                continuation.finish()
            }
        }
    }

    private static func message(_ content: MessageContent, text: Bool, _ encoding: ContentTransferEncoding?)
        throws -> Message
    {
        var generator = RepeatingGenerator(number: 7)
        let ann = try MessageFixture.mailbox("ann@example.org")
        var message = Message(from: [ann], to: [], subject: "x", text: "x", using: &generator)
        message.date = try MailDate(secondsSince1970: 0)
        var part = text ? BodyPart.text(content, type: .plainText) : .attachment(content, named: "a.bin")
        part.transferEncoding = encoding
        return message.attaching(part)
    }

    @Test(
        "S-B8.2 a part from a file or a stream is written as the same octets from memory",
        arguments: TransferCapability.allCases,
        [nil, ContentTransferEncoding.quotedPrintable, .base64]
    )
    func same(capability: TransferCapability, encoding: ContentTransferEncoding?) async throws {
        for isText in [false, true] {
            let memory = try Self.message(.bytes(Self.octets), text: isText, encoding)
            let expected = try await MessageReading(memory, for: capability).octets
            try await Self.withFile(Self.octets) { path in
                for content in [
                    .file(path), Self.stream(Self.octets, piece: 997, length: UInt64(Self.octets.count)),
                    Self.stream(Self.octets, piece: 65_536, length: nil),
                ] as [MessageContent] {
                    let message = try Self.message(content, text: isText, encoding)
                    let rendered = try await message.rendered(for: capability)
                    let octets = try await rendered.octets()
                    #expect(octets == expected)
                    #expect(try await rendered.octets() == expected)
                    #expect(rendered.size.map { $0 == UInt64(expected.count) } ?? true)
                    #expect(try message.renderedAtOnce(for: capability) == nil)
                }
            }
        }
    }

    @Test("S-G2 a stream that can be read once is refused with nothing of it read", arguments: [false, true])
    func once(isText: Bool) async throws {
        let (stream, continuation) = AsyncStream.makeStream(of: [UInt8].self)
        continuation.yield([1])
        continuation.finish()
        let message = try Self.message(.stream(stream), text: isText, nil)
        #expect(await MessageFixture.refusal(of: message)?.reason == .contentUnreadable)
        var iterator = stream.makeAsyncIterator()
        #expect(await iterator.next() == [1])
    }

    @Test("S-G2 a file that is not there ends the rendering", arguments: [false, true])
    func missing(isText: Bool) async throws {
        let message = try Self.message(.file("/nonexistent/file"), text: isText, nil)
        await #expect(throws: (any Error).self) { _ = try await message.rendered() }
    }

    @Test(
        "S-G2 a file that changes its length between rendering and reading ends the reading",
        arguments: [0, 10, 3_000]
    )
    func changed(length: Int) async throws {
        try await Self.withFile(Array(repeating: 0x41, count: 2_000)) { path in
            for isText in [false, true] {
                try Data(repeating: 0x41, count: 2_000).write(to: URL(filePath: path))
                let rendered = try await Self.message(.file(path), text: isText, nil).rendered()
                try Data(repeating: 0x41, count: length).write(to: URL(filePath: path))
                await #expect(throws: ContentSourceError.self) { _ = try await rendered.octets() }
            }
        }
    }

    @Test(
        "S-G2 a stream of another length than it was said to have ends the reading",
        arguments: [UInt64(0), 9, 11]
    )
    func otherLength(length: UInt64) async throws {
        let content = Self.stream(Array(repeating: 0x41, count: 10), piece: 3, length: length)
        let rendered = try await Self.message(content, text: false, nil).rendered()
        await #expect(throws: ContentSourceError.self) { _ = try await rendered.octets() }
    }

    @Test("S-G2 more octets than are wanted are refused")
    func limit() async throws {
        let rendered = try await Self.message(.bytes(Self.octets), text: false, nil).rendered()
        let error = await #expect(throws: MessageError.self) { _ = try await rendered.octets(upTo: 1_000) }
        #expect(error?.reason == .tooLarge)
    }

    @Test("S-G2 a part of 16 MiB is read piece by piece")
    func large() async throws {
        let (pieces, length) = (16, 1024 * 1024)
        let content = MessageContent.stream(length: UInt64(pieces * length)) {
            RepeatedPiece(piece: [UInt8](repeating: 0x41, count: length), count: pieces)
        }
        let rendered = try await Self.message(content, text: false, nil).rendered()
        let reader = try ContentPieces(rendered.content)
        var (count, largest): (UInt64, Int) = (0, 0)
        while let piece = try await reader.next() {
            count += UInt64(piece.readableBytes)
            largest = max(largest, piece.readableBytes)
        }
        await reader.close()
        #expect(count == rendered.size)
        // One piece of the stream in base64.
        #expect(largest < 2 * length)
    }
}

/// The same octets over and over.
private struct RepeatedPiece: AsyncSequence, AsyncIteratorProtocol {
    let piece: [UInt8]
    var count: Int

    mutating func next() async -> [UInt8]? {
        self.count -= 1
        return self.count < 0 ? nil : self.piece
    }

    func makeAsyncIterator() -> RepeatedPiece { self }
}
