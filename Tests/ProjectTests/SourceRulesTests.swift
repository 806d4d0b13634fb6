import Foundation
import Testing

/// Rules of the project that a compiler does not check.
@Suite("Source rules")
struct SourceRulesTests {
    @Test("nothing a peer or a caller does can trap")
    func noTraps() throws {
        let forbidden =
            /\btry!|\bfatalError\(|\bpreconditionFailure\(|\bas!|@unchecked Sendable|ForTesting|TODO|FIXME/
        for file in Project.files(below: "Sources", extension: "swift") {
            for (number, line) in try Project.lines(of: file).enumerated() {
                #expect(!line.contains(forbidden), "\(file.lastPathComponent):\(number + 1): \(line)")
            }
        }
    }

    @Test("memory safety is given up in one place only, with its reason")
    func unsafePlaces() throws {
        var places: [String] = []
        for file in Project.files(below: "Sources", extension: "swift") {
            let lines = try Project.lines(of: file)
            for (number, line) in lines.enumerated()
            where line.contains(/(^|\s)unsafe\s/) && !line.contains("//") {
                #expect(
                    number > 0 && lines[number - 1].contains("//"),
                    "\(file.lastPathComponent):\(number + 1)"
                )
                places.append(file.lastPathComponent)
            }
        }
        #expect(places == ["SMTPSession.swift"])
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
