import Foundation
import NIOCore
import NIOFileSystem
import Testing

@testable import AsyncSMTP

@Suite("Transports: files that get their name when they are complete", .timeLimit(.minutes(20)))
struct PendingFileTests {
    private static func error(_ body: () async throws -> Void) async throws -> SMTPError {
        try #require(await #expect(throws: SMTPError.self) { try await body() })
    }

    private static func file(_ name: String, in directory: FilePath) async throws -> PendingFile {
        let file = try await PendingFile(
            directory.appending(name),
            writtenAs: directory.appending(".\(name).tmp")
        )
        try await file.write(ByteBuffer(string: name))
        return file
    }

    @Test("files whose names may not be on the disk stay, because a reader may have them already")
    func unknown() async throws {
        try await TestDirectory.with { url in
            let directory = FilePath(url.path())
            let files = [try await Self.file("a", in: directory), try await Self.file("b", in: directory)]
            // What cannot be opened cannot be brought to the disk.
            let error = try await Self.error {
                try await PendingFile.commit(files, in: directory.appending("missing"))
            }
            #expect(error.code == .transportFailed)
            #expect(error.acceptance == .unknown)
            #expect(error.retryAdvice == .mayDuplicate)
            #expect(try FileManager.default.contentsOfDirectory(atPath: url.path()).sorted() == ["a", "b"])
        }
    }

    @Test("when the last one gets no name, none stays")
    func refused() async throws {
        try await TestDirectory.with { url in
            let directory = FilePath(url.path())
            let first = try await Self.file("a", in: directory)
            let last = try await PendingFile(
                directory.appending("missing/b"),
                writtenAs: directory.appending(".b.tmp")
            )
            let error = try await Self.error { try await PendingFile.commit([first, last], in: directory) }
            #expect(error.code == .transportFailed)
            #expect(error.acceptance == .notAccepted)
            #expect(try FileManager.default.contentsOfDirectory(atPath: url.path()).isEmpty)
        }
    }
}
