internal import ArgumentParser

/// The command `smtp`.
@main
struct SMTPTool: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "smtp",
        abstract: "Sends mail, looks at mail servers, and is one.",
        discussion: """
            Every command that connects takes its server by --server or from SMTP_URL. A password comes from \
            SMTP_PASSWORD, a file or a prompt, never from the command line.

            \(ExitStatus.table)
            """,
        version: ToolVersion.text,
        subcommands: [
            SendCommand.self, CheckCommand.self, VerifyCommand.self, ExpandCommand.self, SinkCommand.self,
            BenchCommand.self,
        ]
    )
}
