internal import AsyncSMTP
internal import NIOCore

/// One run of `smtp send`.
struct SendRun: Sendable {
    private let command: SendCommand

    init(_ command: SendCommand) {
        self.command = command
    }

    /// Sends the message and reports what became of it.
    ///
    /// - Throws: What failed, after it has been reported as JSON where that is wanted.
    func run() async throws -> ExitStatus {
        // One connection needs one thread.
        NIOSingletons.groupLoopCountSuggestion = 1
        let clock = ContinuousClock()
        let start = clock.now
        var report = SendReport()
        do {
            let status = try await self.run(&report)
            self.finish(&report, after: clock.now - start)
            if self.command.json { try JSONOutput.print(report) }
            return status
        } catch {
            // Only reading files throws this; a session that is cancelled says what that means for the message.
            let failure: any Error =
                error is CancellationError
                ? ToolError(.unavailable, "the message could not be read in time; nothing was sent") : error
            report.take(failure)
            self.finish(&report, after: clock.now - start)
            if self.command.json { try JSONOutput.print(report) }
            throw failure
        }
    }

    private func finish(_ report: inout SendReport, after time: Duration) {
        report.seconds = time / .seconds(1)
        for entry in report.refused {
            Console.note("\(entry.recipient): \(entry.reply.map { "\($0)" } ?? "refused")")
        }
    }

    private func run(_ report: inout SendReport) async throws -> ExitStatus {
        let plan = try SendPlan(self.command)
        if plan.isDryRun { return try await self.printMessage(plan) }
        let (server, configuration) = try self.connection(plan)
        if let step = plan.lastStep {
            let steps = SendSteps(plan, server, configuration, json: self.command.json)
            return try await steps.run(to: step, &report)
        }
        return try await self.command.message.withLetter(
            plan.parameters,
            mayReadOnce: plan.sending.dkim.isEmpty
        ) { letter in
            report.messageID = letter.messageID
            return try await self.send(letter, server, configuration, &report)
        }
    }

    private func connection(_ plan: SendPlan) throws -> (server: SMTPServer, configuration: SMTPConfiguration)
    {
        var (server, configuration) = try self.command.server.connection()
        configuration.sending.requiresAllRecipients = plan.sending.requiresAllRecipients
        configuration.sending.dkim = plan.sending.dkim
        if self.command.transcript {
            configuration.transcript = .lines(level: .timed) { Console.note($0) }
        }
        return (server, configuration)
    }

    private func printMessage(_ plan: SendPlan) async throws -> ExitStatus {
        try await self.command.message.withLetter(plan.parameters, mayReadOnce: false) { letter in
            try await letter.octets(plan.sending).read { Console.write($0.readableBytesView) }
        }
        return .success
    }

    private func send(
        _ letter: Letter,
        _ server: SMTPServer,
        _ configuration: SMTPConfiguration,
        _ report: inout SendReport
    ) async throws -> ExitStatus {
        let session = try await SMTPSession.connect(to: server, configuration: configuration)
        let receipt: SendReceipt
        do throws(SMTPError) {
            try await session.hello()
            if let credentials = configuration.credentials { try await session.logIn(credentials) }
            receipt = try await letter.send(over: session)
        } catch {
            report.tls = await session.tls
            await session.quit()
            throw error
        }
        await session.quit()
        report.take(receipt)
        report.extensionsUsed = ExtensionsUsed.names(
            receipt.negotiation,
            letter.envelope,
            server,
            isAuthenticated: await session.isAuthenticated
        )
        if !self.command.json { Console.print(Self.summary(report, receipt)) }
        return ExitStatus(receipt)
    }

    private static func summary(_ report: SendReport, _ receipt: SendReceipt) -> String {
        let (accepted, all) = (receipt.accepted.count, receipt.recipients.count)
        let queue = report.queueID.map { ", queued as \($0)" } ?? ""
        return "accepted for \(accepted) of \(all) recipient\(all == 1 ? "" : "s")\(queue)"
    }
}
