internal import ArgumentParser
internal import AsyncSMTP

/// `smtp expand`: EXPN.
struct ExpandCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "expand",
        abstract: "Asks a server who is on a mailing list (EXPN)."
    )

    @OptionGroup(title: "Server") var options: ServerOptions

    @Argument(help: ArgumentHelp("Name of the list.", valueName: "list"))
    var list: String

    func run() async throws {
        let (options, list) = (self.options, self.list)
        try await CommandRun.run(within: options.timeout) {
            try await SessionRun.run(options) { session in
                try await QueryReport.print([list]) { list in try await session.expand(list) }
            }
        }
    }
}
