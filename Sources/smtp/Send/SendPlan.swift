internal import AsyncSMTP

/// What the options of `smtp send` ask for, as far as it is known without reading anything but a key.
struct SendPlan: Sendable {
    let message: MessageOptions
    let parameters: (mail: MailParameters, rcpt: RecipientParameters)
    /// What options say about sending; the options of the server say the rest.
    let sending: SendOptions
    let lastStep: QuitStep?
    let isDryRun: Bool

    /// Checks the options.
    ///
    /// - Throws: ``ToolError``.
    init(_ command: SendCommand) throws(ToolError) {
        self.message = command.message
        self.isDryRun = command.dryRun
        guard !command.dryRun || !command.json else {
            throw ToolError(.usage, "--dry-run prints the message, --json a report: use one of them")
        }
        self.lastStep = try Self.step(command)
        try Self.check(command.message, before: self.lastStep)
        self.parameters = (
            try command.envelope.mailParameters(), try command.envelope.recipientParameters()
        )
        var sending = SendOptions()
        sending.requiresAllRecipients = command.allOrNothing
        sending.dkim = try command.signature.signer().map { [$0] } ?? []
        self.sending = sending
    }

    private static func step(_ command: SendCommand) throws(ToolError) -> QuitStep? {
        guard let name = command.quitAfter else { return nil }
        guard let step = QuitStep(rawValue: name) else {
            let names = QuitStep.allCases.map(\.rawValue).joined(separator: ", ")
            throw ToolError(.usage, "--quit-after takes one of \(names)")
        }
        guard !command.dryRun else {
            throw ToolError(.usage, "--dry-run needs no server and --quit-after does: use one of them")
        }
        return step
    }

    private static func check(_ message: MessageOptions, before step: QuitStep?) throws(ToolError) {
        if message.eml != nil, let option = message.composingOptions.first {
            throw ToolError(.usage, "\(option) has no meaning for a message that is written already (--eml)")
        }
        guard message.text == nil || message.textFile == nil else {
            throw ToolError(.usage, "--text and --text-file exclude each other")
        }
        let inputs = [message.textFile, message.htmlFile].compactMap(\.self) + message.attach
        guard inputs.count(where: { $0 == "-" }) <= 1 else {
            throw ToolError(.usage, "standard input can be read once: one of the files can be -")
        }
        let paths = try message.paths()
        guard message.eml == nil else { return }
        if step.map({ $0 >= .mail }) ?? true, message.from.isEmpty {
            throw ToolError(.usage, "there is no sender: use --from")
        }
        if step.map({ $0 >= .rcpt }) ?? true, paths.recipients.isEmpty {
            throw ToolError(.usage, "there is no recipient: use --to, --cc or --bcc")
        }
    }
}
