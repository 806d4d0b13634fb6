internal import ArgumentParser
internal import AsyncSMTP

/// `smtp check`: what a server offers, and what would be made of it.
struct CheckCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Connects, says hello, begins TLS, logs in when told, and tells what was found.",
        discussion: """
            Prints the greeting, the extensions, TLS and the certificate, which mechanism and which level of \
            pipelining would be used, and why the others would not. No message is begun. With --user it logs in. \
            What was found before a failure is printed too.
            """
    )

    @OptionGroup(title: "Server") var options: ServerOptions

    @Flag(help: "Prints one JSON object, also after a failure.")
    var json = false

    func run() async throws {
        let (options, json) = (self.options, self.json)
        try await CommandRun.run(within: options.timeout) {
            let check = await ServerCheck.run(options)
            if json { try JSONOutput.print(CheckReport(check)) } else { CheckText(check).print() }
            if let failure = check.failure { throw failure }
            return .success
        }
    }
}
