import Foundation
import Testing

@Suite("smtp: help, version and completions", .timeLimit(.minutes(5)))
struct HelpTests {
    @Test("--version prints the version")
    func version() async throws {
        let run = try await Tool.run(["--version"])
        #expect(run.status == 0)
        #expect(run.errors.isEmpty)
        #expect(run.output.wholeMatch(of: /\d+\.\d+\.\d+\n/) != nil)
    }

    @Test("every command has help, and every option in it a description")
    func help() async throws {
        let dump = try await HelpDump.load()
        #expect(Set(dump.commands.map(\.commandName)).isSuperset(of: ["check", "verify", "expand"]))
        for command in dump.commands {
            #expect(command.abstract?.isEmpty == false, "\(command.commandName)")
            for argument in command.arguments ?? [] where argument.shouldDisplay {
                #expect(argument.abstract?.isEmpty == false, "\(command.commandName) \(argument.names ?? [])")
            }
            let run = try await Tool.run([command.commandName, "--help"])
            #expect(run.status == 0)
            #expect(run.errors.isEmpty)
            for option in command.options { #expect(run.output.contains("--\(option)")) }
        }
    }

    @Test(
        "completions for each shell know commands and options",
        arguments: [
            ("bash", ["complete ", "check verify expand", "--insecure-skip-verification"]),
            ("zsh", ["#compdef smtp", "'verify:", "--insecure-skip-verification"]),
            ("fish", ["complete -c 'smtp'", "'verify'", "'insecure-skip-verification'"]),
        ]
    )
    func completions(shell: String, parts: [String]) async throws {
        let run = try await Tool.run(["--generate-completion-script", shell])
        #expect(run.status == 0)
        #expect(run.errors.isEmpty)
        for part in parts { #expect(run.output.contains(part), "\(part)") }
    }

    @Test("no completions for other shells")
    func otherShell() async throws {
        let run = try await Tool.run(["--generate-completion-script", "tcsh"])
        #expect(run.status == 64)
        #expect(run.output.isEmpty)
    }
}
