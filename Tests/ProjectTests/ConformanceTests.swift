import Foundation
import Testing

/// `Docs/Conformance.md` lists every requirement once, with the tests that hold it or the reason why none does.
@Suite("Conformance")
struct ConformanceTests {
    /// A row of the page: an id, and the files whose tests name it or a reason that begins with "not".
    struct Row {
        let id: String
        let text: String

        var files: Set<String> {
            self.text.hasPrefix("not ") ? [] : Set(self.text.split(separator: ", ").map(String.init))
        }
    }

    private static func rows() throws -> [Row] {
        try Project.lines(of: Project.root.appending(path: "Docs/Conformance.md")).compactMap { line in
            guard let match = line.firstMatch(of: /^\| ([A-Z][\w.\-]*\d) \| (.+) \|$/) else { return nil }
            return Row(id: String(match.1), text: String(match.2))
        }
    }

    /// Ids in the display names of tests, each with the files it stands in.
    private static func idsInTests() throws -> [String: Set<String>] {
        var result: [String: Set<String>] = [:]
        for file in Project.files(below: "Tests", extension: "swift") {
            let text = try String(contentsOf: file, encoding: .utf8)
            let name = file.deletingPathExtension().lastPathComponent
            for display in text.matches(of: /@(?:Test|Suite)\(\s*"((?:[^"\\]|\\.)*)"/) {
                for id in display.1.matches(of: RequirementIDs.pattern) {
                    result[RequirementIDs.normalise(id.1), default: []].insert(name)
                }
            }
        }
        return result
    }

    @Test("the page lists every requirement exactly once")
    func listIsComplete() throws {
        let listed = try Self.rows().map(\.id)
        #expect(Set(listed).count == listed.count)
        let all = Set(RequirementIDs.all)
        #expect(all.subtracting(listed).sorted() == [])
        #expect(Set(listed).subtracting(all).sorted() == [])
    }

    @Test("every row names exactly the files whose tests name the id, or says why there are none")
    func rowsAreTrue() throws {
        let tests = try Self.idsInTests()
        for row in try Self.rows() {
            #expect(row.files == tests[row.id] ?? [], "\(row.id)")
        }
    }

    @Test("every id in the name of a test is a requirement")
    func noUnknownIDs() throws {
        #expect(Set(try Self.idsInTests().keys).subtracting(RequirementIDs.all).sorted() == [])
    }
}
