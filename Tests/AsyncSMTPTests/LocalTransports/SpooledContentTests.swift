import Foundation
import NIOCore
import Testing

@testable import AsyncSMTP

@Suite("Transports: content in a temporary file", .timeLimit(.minutes(20)))
struct SpooledContentTests {
    private static func delivery(of content: MessageContent) async throws -> LocalDelivery {
        try await LocalDelivery(
            RawMessage(content, envelope: Envelope(sender: .null, recipients: [Recipient(.postmaster)])),
            options: SendOptions(),
            defaults: MessageDefaults(),
            reach: .understands([.eightBitMIME])
        )
    }

    @Test("the octets come back in pieces; the file has no name", arguments: [0, 1, 7])
    func roundTrip(count: Int) async throws {
        try await TestDirectory.with { directory in
            let source = RepeatedPiece(count: count)
            let spool = try await SpooledContent(
                try await Self.delivery(of: .stream(source)),
                lineEnd: .crlf,
                in: directory.path()
            )
            #expect(try FileManager.default.contentsOfDirectory(atPath: directory.path()).isEmpty)
            var octets: [UInt8] = []
            while let piece = try await spool.piece(at: Int64(octets.count)) {
                #expect(piece.readableBytes <= 128 * 1024)
                octets += piece.readableBytesView
            }
            await spool.close()
            #expect(spool.octets == UInt64(source.length))
            #expect(octets.count == source.length)
            #expect(octets.starts(with: RepeatedPiece.header))
            #expect(
                octets.suffix(100) == (RepeatedPiece.header + FailingSource.piece).suffix(100) || count == 0
            )
        }
    }

    @Test("a source that fails leaves nothing behind")
    func failing() async throws {
        try await TestDirectory.with { directory in
            let delivery = try await Self.delivery(of: .stream(FailingSource(pieces: 3, end: .fails)))
            let error = try #require(
                await #expect(throws: SMTPError.self) {
                    _ = try await SpooledContent(delivery, lineEnd: .lf, in: directory.path())
                }
            )
            #expect(error.code == .contentSourceFailed)
            #expect(try FileManager.default.contentsOfDirectory(atPath: directory.path()).isEmpty)
        }
    }

    @Test("a directory that is not there is a typed error")
    func missingDirectory() async throws {
        let delivery = try await Self.delivery(of: .stream(RepeatedPiece(count: 1)))
        let error = try #require(
            await #expect(throws: SMTPError.self) {
                _ = try await SpooledContent(delivery, lineEnd: .lf, in: "/no/such/directory")
            }
        )
        #expect(error.code == .transportFailed)
        #expect(error.acceptance == .notAccepted)
    }
}
