internal import ArgumentParser
internal import AsyncSMTP

/// `smtp verify`: VRFY.
struct VerifyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Asks a server whether it knows addresses (VRFY)."
    )

    @OptionGroup(title: "Server") var options: ServerOptions

    @Argument(help: ArgumentHelp("Addresses or user names.", valueName: "address"))
    var addresses: [String]

    func run() async throws {
        let (options, addresses) = (self.options, self.addresses)
        try await CommandRun.run(within: options.timeout) {
            try await SessionRun.run(options) { session in
                try await QueryReport.print(addresses) { address in try await session.verify(address) }
            }
        }
    }
}
