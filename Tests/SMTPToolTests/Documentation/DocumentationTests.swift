import Foundation
import Testing

/// Nothing the tool takes is missing from its pages, and the pages promise nothing it does not take.
@Suite("smtp: man page and Docs/Tool.md", .timeLimit(.minutes(5)))
struct DocumentationTests {
    /// A page, cut at its headings.
    private struct Page {
        let text: String
        let sections: [String: String]

        /// - Parameter heading: What a line that begins a section begins with; the rest is its title.
        init(_ name: String, heading: String) throws {
            var root = URL(filePath: #filePath)
            for _ in 0..<4 { root.deleteLastPathComponent() }
            self.text = try String(contentsOf: root.appending(path: "Docs/\(name)"), encoding: .utf8)
            var (sections, title) = ([String: String](), "")
            for line in self.text.split(separator: "\n", omittingEmptySubsequences: false) {
                if line.hasPrefix(heading) {
                    title = String(line.dropFirst(heading.count)).replacing("`", with: "")
                }
                sections[title, default: ""] += line + "\n"
            }
            self.sections = sections
        }

        func section(_ title: String) throws -> String {
            try #require(self.sections[title], "there is no section \(title)")
        }
    }

    private static func manual() throws -> Page { try Page("smtp.1", heading: ".Ss ") }

    private static func guide() throws -> Page { try Page("Tool.md", heading: "## ") }

    /// Options of the man page, by `.It Fl -name`.
    private static func listed(_ text: String) -> Set<String> {
        Set(text.matches(of: /(?m)^\.It Fl -([a-z-]+)/).map { String($0.1) })
    }

    /// Options that a text names, as `--name`.
    private static func named(_ text: String) -> Set<String> {
        Set(text.matches(of: /--([a-z][a-z-]*)/).map { String($0.1) })
    }

    private static let everywhere: Set<String> = ["help", "version"]

    @Test("every option of every command is in its section of both pages, or among the server options")
    func options() async throws {
        let dump = try await HelpDump.load()
        let verify = try #require(dump.commands.first { $0.commandName == "verify" })
        let server = verify.options.subtracting(Self.everywhere)
        #expect(server.isSuperset(of: ["server", "user", "pin", "timeout"]))
        #expect(Self.listed(try Self.manual().section("Server options")) == server)
        #expect(Self.named(try Self.guide().section("Server options")).isSuperset(of: server))
        for command in dump.commands {
            let takesServer = command.options.isSuperset(of: server)
            let own = command.options.subtracting(Self.everywhere).subtracting(takesServer ? server : [])
            let title = "smtp \(command.commandName)"
            #expect(Self.listed(try Self.manual().section(title)) == own, "\(title)")
            #expect(Self.named(try Self.guide().section(title)).isSuperset(of: own), "\(title)")
        }
    }

    @Test("help and version are in both pages")
    func everywhere() throws {
        #expect(try Self.manual().text.contains("Fl -version | Fl -help"))
        #expect(Self.named(try Self.guide().text).isSuperset(of: Self.everywhere))
    }

    @Test("the sections of Docs/Tool.md name no option that their command does not take")
    func nothingInvented() async throws {
        let dump = try await HelpDump.load()
        // Where a sink listens is what others connect to: server options may be named everywhere.
        let server = dump.commands.first { $0.commandName == "verify" }?.options ?? []
        for command in dump.commands {
            let named = Self.named(try Self.guide().section("smtp \(command.commandName)"))
            #expect(named.subtracting(command.options).subtracting(server).isEmpty, "\(command.commandName)")
        }
    }

    @Test("the table of exit statuses is the same in the help, the man page and Docs/Tool.md")
    func statuses() async throws {
        let help = try await Tool.run(["--help"])
        let rows = help.output.matches(of: /(?m)^ +(\d+)  (\S.*)$/).map { (String($0.1), String($0.2)) }
        #expect(rows.map(\.0) == ["0", "1", "64", "65", "67", "68", "69", "70", "75", "76", "77", "78"])
        let manual = try Self.manual().text.replacing("\n", with: " ").lowercased()
        let guide = try Self.guide().text
        for (number, meaning) in rows {
            #expect(manual.contains(".it \(number) \(meaning.lowercased())."), "\(number)")
            #expect(guide.contains("| \(number) | \(meaning) |"), "\(number)")
        }
    }

    @Test("every key of check's JSON is in both pages")
    func keys() async throws {
        let run = try await Tool.run(["check", "--json", "--server", "smtp://127.0.0.1:1"])
        let (manual, guide) = (try Self.manual().section("Keys of check"), try Self.guide().text)
        for key in try run.json().keys {
            #expect(manual.contains(try Regex("(?m)^\\.(It )?Cm (.* )?\(key)\\b")), "\(key)")
            #expect(guide.contains("`\(key)`"), "\(key)")
        }
    }

    @Test("the man page has no fault", .enabled(if: Self.hasGroff))
    func groff() async throws {
        var root = URL(filePath: #filePath)
        for _ in 0..<4 { root.deleteLastPathComponent() }
        let script = """
            import subprocess, sys
            run = subprocess.run(["groff", "-mdoc", "-ww", "-z", sys.argv[2]], capture_output=True, text=True)
            print(run.stderr, end="")
            """
        #expect(try await Python.run(script, [root.appending(path: "Docs/smtp.1").path()]) == "")
    }

    private static let hasGroff = ["/usr/bin/groff", "/usr/local/bin/groff"]
        .contains { FileManager.default.isExecutableFile(atPath: $0) }
}
