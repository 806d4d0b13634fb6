internal import AsyncSMTP

/// A session that is led step by step and ended before there is a message.
struct SendSteps: Sendable {
    private let plan: SendPlan
    private let server: SMTPServer
    private let configuration: SMTPConfiguration
    private let log = StepLog()
    private let isSilent: Bool

    init(_ plan: SendPlan, _ server: SMTPServer, _ configuration: SMTPConfiguration, json: Bool) {
        var configuration = configuration
        let (log, transcript) = (self.log, configuration.transcript)
        configuration.transcript = Transcript(level: .timed) { entry in
            log.take(entry)
            transcript?.receive(entry)
        }
        self.plan = plan
        self.server = server
        self.configuration = configuration
        self.isSilent = json
    }

    /// Goes as far as the step, and ends the session.
    ///
    /// - Throws: ``ToolError`` for what the server refused, with the status it means, and ``SMTPError``.
    func run(to last: QuitStep, _ report: inout SendReport) async throws -> ExitStatus {
        let session: SMTPSession
        do throws(SMTPError) {
            session = try await SMTPSession.connect(to: self.server, configuration: self.configuration)
        } catch {
            self.say(error.stage == .greeting ? .greeting : .connect)
            // There was a connection; what the greeting says is the next step.
            guard last == .connect, error.stage == .greeting else { throw error }
            report.reply = error.reply
            return .success
        }
        do {
            let status = try await self.steps(to: last, session, &report)
            report.tls = await session.tls
            await session.quit()
            return status
        } catch {
            report.tls = await session.tls
            await session.quit()
            throw error
        }
    }

    private func steps(
        to last: QuitStep,
        _ session: SMTPSession,
        _ report: inout SendReport
    ) async throws -> ExitStatus {
        self.say(.connect)
        report.reply = await session.greeting
        guard last > .greeting else { return .success }
        try await self.sayHello(session, &report)
        guard last > .hello else { return .success }
        try await self.attempt(.tls) { () throws(SMTPError) in try await session.hello() }
        report.reply = await session.ehloReply ?? report.reply
        if last == .tls, await session.tls == nil {
            throw ToolError(.protocolFailure, "the connection is not encrypted")
        }
        guard last > .tls else { return .success }
        if let credentials = self.configuration.credentials {
            try await self.attempt(.auth) { () throws(SMTPError) in try await session.logIn(credentials) }
        } else if last == .auth {
            throw ToolError(.usage, "nobody is to log in: use --user")
        }
        guard last > .auth else { return .success }
        return try await self.transaction(to: last, session, &report)
    }

    private func sayHello(_ session: SMTPSession, _ report: inout SendReport) async throws {
        let isLMTP = self.server.flavour == .lmtp
        let reply = try await self.attempt(.hello) { () throws(SMTPError) in
            try await isLMTP ? session.lhlo() : session.ehlo()
        }
        report.reply = reply
        guard !reply.code.isPositive else { return }
        // The library knows which refusals leave HELO to be tried.
        try await self.attempt(.hello) { () throws(SMTPError) in try await session.hello() }
        report.reply = await session.heloReply ?? reply
    }

    private func transaction(
        to last: QuitStep,
        _ session: SMTPSession,
        _ report: inout SendReport
    ) async throws -> ExitStatus {
        let envelope = try await self.envelope(to: last)
        let reply = try await self.attempt(.mail) { () throws(SMTPError) in
            try await session.mail(from: envelope.sender, parameters: envelope.parameters)
        }
        report.reply = reply
        guard reply.code.isPositive else {
            throw ToolError(
                Self.isTemporary(reply) ? .temporaryFailure : .permissionDenied,
                "the server refused the sender \(envelope.sender): \(reply)"
            )
        }
        var status = ExitStatus.success
        if last > .mail { status = try await self.recipients(envelope.recipients, session, &report) }
        if last == .data {
            let permission = try await self.attempt(.data) { () throws(SMTPError) in
                try await session.command("DATA")
            }
            report.reply = permission
            guard permission.code != .startMailInput else {
                // QUIT would be a line of the message.
                await session.close()
                return status
            }
            try await session.reset()
            throw ToolError(
                Self.isTemporary(permission) ? .temporaryFailure : .allRefused,
                "the server does not want the content: \(permission)"
            )
        }
        try await session.reset()
        return status
    }

    private func recipients(
        _ recipients: [Recipient],
        _ session: SMTPSession,
        _ report: inout SendReport
    ) async throws -> ExitStatus {
        var refusals: [Reply] = []
        for recipient in recipients {
            let reply = try await self.attempt(.rcpt) { () throws(SMTPError) in
                try await session.rcpt(to: recipient.path, parameters: recipient.parameters)
            }
            report.reply = reply
            guard !reply.code.isPositive else { continue }
            refusals.append(reply)
            report.refused.append(SendReport.Entry(recipient.path, reply, .rcpt))
        }
        guard !refusals.isEmpty else { return .success }
        guard refusals.count == recipients.count || self.plan.sending.requiresAllRecipients else {
            return .someRefused
        }
        try await session.reset()
        throw ToolError(
            refusals.contains(where: Self.isTemporary) ? .temporaryFailure : .allRefused,
            "the server refused the recipients"
        )
    }

    /// Sender and recipients, as far as the steps need them.
    private func envelope(to last: QuitStep) async throws -> Envelope {
        let (parameters, paths) = (self.plan.parameters, try self.plan.message.paths())
        if self.plan.message.eml == nil, let sender = paths.sender {
            let recipients = paths.recipients.map { Recipient($0, parameters: parameters.rcpt) }
            return Envelope(sender: sender, recipients: recipients, parameters: parameters.mail)
        }
        return try await self.plan.message.withLetter(parameters, mayReadOnce: true) { $0.envelope }
    }

    /// Makes a step and prints what the server said, whatever comes of it.
    @discardableResult
    private func attempt<Value: Sendable>(
        _ step: QuitStep,
        _ body: () async throws(SMTPError) -> Value
    ) async throws(SMTPError) -> Value {
        defer { self.say(step) }
        return try await body()
    }

    private func say(_ step: QuitStep) {
        let lines = self.log.drain(step)
        guard !self.isSilent else { return }
        for line in lines { Console.print("\(step.rawValue): \(line)") }
    }

    private static func isTemporary(_ reply: Reply) -> Bool { reply.code.severity == .transientNegative }
}
