import Foundation
import Testing

/// Rules of the project that a compiler does not check.
@Suite("Source rules")
struct SourceRulesTests {
    @Test("nothing a peer or a caller does can trap")
    func noTraps() throws {
        let forbidden = /\btry!|\bfatalError\(|\bpreconditionFailure\(|\bas!|ForTesting|TODO|FIXME/
        for file in Project.files(below: "Sources", extension: "swift") {
            for (number, line) in try Project.lines(of: file).enumerated() {
                #expect(!line.contains(forbidden), "\(file.lastPathComponent):\(number + 1): \(line)")
            }
        }
    }

    @Test(
        "H1 memory safety is given up where OpenSSL is called, and in one place more; each time with its reason"
    )
    func unsafePlaces() throws {
        var places: Set<String> = []
        for file in Project.files(below: "Sources", extension: "swift") {
            let module = file.pathComponents.reversed().first {
                ["NIOOpenSSL", "OpenSSLCrypto"].contains($0)
            }
            let lines = try Project.lines(of: file)
            for (number, line) in lines.enumerated()
            where line.contains(/(^|\s)unsafe\s|@unchecked Sendable|nonisolated\(unsafe\)/)
                && !line.contains("//")
            {
                // The reason stands above the statement, which may span a few lines.
                let reasons = lines[max(0, number - 14)..<number].contains { $0.contains("//") }
                #expect(reasons, "\(file.lastPathComponent):\(number + 1): \(line)")
                places.insert(module ?? file.lastPathComponent)
            }
        }
        #expect(
            places == [
                "LoopTaskExecutor.swift", "NIOOpenSSL", "OpenSSLCrypto", "SMTPSession.swift",
                "TerminalEcho.swift",
            ]
        )
    }

    @Test("tests wait on events, not on time")
    func noSleeping() throws {
        let forbidden = /Task\.sleep|usleep\(|[^a-z]sleep\(/
        for file in Project.files(below: "Tests", extension: "swift")
        where file.lastPathComponent != "SourceRulesTests.swift" {
            for (number, line) in try Project.lines(of: file).enumerated() {
                #expect(!line.contains(forbidden), "\(file.lastPathComponent):\(number + 1): \(line)")
            }
        }
    }

    @Test("one type in a file, and files short enough to read")
    func fileLength() throws {
        for file in Project.files(below: "Sources", extension: "swift") {
            #expect(try Project.lines(of: file).count <= 500, "\(file.lastPathComponent)")
        }
    }
}
