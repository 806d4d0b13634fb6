import Foundation
import Testing

/// Code in the documentation that says where it is from is there, and so is compiled.
@Suite("Snippets")
struct SnippetTests {
    private static func trimmed(_ lines: some Sequence<String>) -> [String] {
        lines.map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty }
    }

    @Test(
        "snippets stand in the files they name",
        arguments: ["README.md", "Docs/Client.md", "Docs/Messages.md", "Docs/Transports.md"]
    )
    func snippets(page: String) throws {
        let lines = try Project.lines(of: Project.root.appending(path: page)).map { String($0) }
        var count = 0
        for (index, line) in lines.enumerated() {
            guard let match = line.wholeMatch(of: /<!-- from (\S+) -->/) else { continue }
            count += 1
            let snippet = Self.trimmed(lines[(index + 2)...].prefix { $0 != "```" })
            let file = Project.root.appending(path: String(match.1))
            let code = Self.trimmed(try Project.lines(of: file).map { String($0) })
            #expect(!snippet.isEmpty)
            #expect(
                code.joined(separator: "\n").contains(snippet.joined(separator: "\n")),
                "\(page): \(index)"
            )
        }
        #expect(count > 0)
    }
}
