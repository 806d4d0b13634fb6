import Foundation
import Testing

/// What the tool's parser knows of its commands; ArgumentParser's `--experimental-dump-help`.
struct HelpDump: Decodable {
    /// A command.
    struct Command: Decodable {
        let commandName: String
        let abstract: String?
        let subcommands: [Command]?
        let arguments: [Argument]?
    }

    /// An option, flag or argument.
    struct Argument: Decodable {
        /// `--long` or `-s`.
        struct Name: Decodable {
            let kind: String
            let name: String
        }

        let kind: String
        let names: [Name]?
        let abstract: String?
        let shouldDisplay: Bool
    }

    let command: Command

    /// The dump of the tool.
    static func load() async throws -> HelpDump {
        let run = try await Tool.run(["--experimental-dump-help"])
        return try JSONDecoder().decode(HelpDump.self, from: Data(run.output.utf8))
    }

    /// The commands that do something.
    var commands: [Command] { self.command.subcommands?.filter { $0.commandName != "help" } ?? [] }
}

extension HelpDump.Command {
    /// Long names of the options, without their dashes.
    var options: Set<String> {
        let names = self.arguments?.filter(\.shouldDisplay).flatMap { $0.names ?? [] } ?? []
        return Set(names.filter { $0.kind == "long" }.map(\.name))
    }
}
