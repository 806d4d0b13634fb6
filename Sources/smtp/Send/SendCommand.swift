internal import ArgumentParser

/// `smtp send`: a message is sent.
struct SendCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "send",
        abstract: "Sends a message.",
        discussion: """
            Either a message is made of --from, --to, --subject, --text and the like, or --eml names one that is \
            written already. The line on standard output says how many recipients the server accepted it for, and under \
            which name it is queued; refused recipients stand on standard error, a line each.

            Memory does not grow with a message. A pipe can be read only once: what comes from one is sent while it is \
            read where --from and --to are given, and otherwise copied to a temporary file first, which only its owner \
            can read and which has no name.

            --quit-after ends the session behind a step and sends no message: it prints the replies of each step. \
            `connect` waits for the greeting, for there is no polite end before it, but does not mind what it says. An \
            open transaction is ended by RSET; behind the 354 to DATA the connection is closed without QUIT, since \
            nothing but content could follow.

            --json prints one object: acceptance (accepted, partly, notAccepted, refusedTemporarily, \
            refusedPermanently, unknown), accepted and refused (each entry: recipient, code, enhanced, text, stage), \
            reply (code, enhanced, text), queueID, messageID, tls (version, cipher, verified), extensionsUsed, bytes, \
            seconds, error. What is not known is null.
            """
    )

    @OptionGroup(title: "Message") var message: MessageOptions
    @OptionGroup(title: "Envelope") var envelope: EnvelopeOptions
    @OptionGroup(title: "DKIM") var signature: SignatureOptions
    @OptionGroup(title: "Server") var server: ServerOptions

    @Flag(help: "Sends to nobody where one recipient is refused.")
    var allOrNothing = false

    @Flag(help: "Prints the message as it would go out, and sends nothing; no server is needed.")
    var dryRun = false

    @Flag(help: "Prints the dialogue with times on standard error, secrets left out.")
    var transcript = false

    @Option(
        help: ArgumentHelp(
            "Ends the session behind a step: connect, greeting, hello, tls, auth, mail, rcpt or data.",
            valueName: "step"
        ),
        completion: .list(QuitStep.allCases.map(\.rawValue))
    )
    var quitAfter: String?

    @Flag(help: "Prints the result as JSON.")
    var json = false

    func run() async throws {
        let command = self
        try await CommandRun.run(within: self.server.timeout) { try await SendRun(command).run() }
    }
}
