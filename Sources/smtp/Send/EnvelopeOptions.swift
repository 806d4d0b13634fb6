internal import ArgumentParser
internal import AsyncSMTP

/// Parameters of MAIL and RCPT.
///
/// What is asked for is required: a server that does not offer it gets no message.
struct EnvelopeOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp("Parameter of MAIL, as KEYWORD or KEYWORD=VALUE.", valueName: "parameter")
    )
    var mailParam: [String] = []

    @Option(
        help: ArgumentHelp("Parameter of every RCPT, as KEYWORD or KEYWORD=VALUE.", valueName: "parameter")
    )
    var rcptParam: [String] = []

    @Option(
        help: ArgumentHelp(
            "Reports wanted about the delivery: never, or success, failure, delay with commas between them.",
            valueName: "events"
        ),
        completion: .list(["never", "success", "failure", "delay"])
    )
    var notify: String?

    @Option(
        help: ArgumentHelp(
            "How much of the message a report of failure brings back: full or hdrs.",
            valueName: "part"
        ),
        completion: .list(["full", "hdrs"])
    )
    var ret: String?

    @Option(help: ArgumentHelp("Identifier that comes back in reports.", valueName: "identifier"))
    var envid: String?

    /// Extensions whose parameters have other names than they.
    private static let extensions = [
        "RET": "DSN", "ENVID": "DSN", "NOTIFY": "DSN", "ORCPT": "DSN", "HOLDFOR": "FUTURERELEASE",
        "HOLDUNTIL": "FUTURERELEASE", "BY": "DELIVERBY",
    ]

    /// The parameters of MAIL.
    ///
    /// - Throws: ``ToolError`` with ``ExitStatus/usage``.
    func mailParameters() throws(ToolError) -> MailParameters {
        var parameters = MailParameters()
        if let ret {
            switch ret.lowercased() {
            case "full": parameters.returnContent = .require(.full)
            case "hdrs": parameters.returnContent = .require(.headers)
            default: throw ToolError(.usage, "--ret takes full or hdrs")
            }
        }
        if let envid {
            do throws(CommandError) {
                parameters.envelopeIdentifier = .require(try EnvelopeIdentifier(envid))
            } catch {
                throw ToolError(.usage, "--envid: \(error)")
            }
        }
        var taken: Set<String> = []
        if self.ret != nil { taken.insert("RET") }
        if self.envid != nil { taken.insert("ENVID") }
        for parameter in try Self.parse(self.mailParam, option: "--mail-param", taken: taken) {
            try Self.apply(parameter, to: &parameters)
        }
        return parameters
    }

    /// The parameters of RCPT.
    ///
    /// - Throws: ``ToolError`` with ``ExitStatus/usage``.
    func recipientParameters() throws(ToolError) -> RecipientParameters {
        var parameters = RecipientParameters()
        var taken: Set<String> = []
        if let notify {
            parameters.notify = .require(try Self.notify(notify))
            taken = ["NOTIFY"]
        }
        parameters.custom = try Self.parse(self.rcptParam, option: "--rcpt-param", taken: taken).map(
            Self.custom
        )
        return parameters
    }

    private static func notify(_ text: String) throws(ToolError) -> Notify {
        guard text.lowercased() != "never" else { return .never }
        var events: Set<Notify.Event> = []
        for name in text.split(separator: ",", omittingEmptySubsequences: false) {
            guard let event = Notify.Event(rawValue: name.uppercased()) else {
                throw ToolError(
                    .usage,
                    "--notify takes never, or success, failure, delay with commas between them"
                )
            }
            events.insert(event)
        }
        return .on(events)
    }

    private static func parse(
        _ texts: [String],
        option: String,
        taken: Set<String>
    ) throws(ToolError) -> [ESMTPParameter] {
        var (taken, parameters) = (taken, [ESMTPParameter]())
        for text in texts {
            do throws(CommandError) {
                parameters.append(try ESMTPParameter(parsing: text))
            } catch {
                throw ToolError(.usage, "\(option): \(error)")
            }
            guard let keyword = parameters.last?.keyword, taken.insert(keyword).inserted else {
                throw ToolError(.usage, "\(option): a parameter is given twice")
            }
        }
        return parameters
    }

    private static func custom(_ parameter: ESMTPParameter) -> CustomParameter {
        CustomParameter(parameter, offeredBy: Self.extensions[parameter.keyword].map { ExtensionKeyword($0) })
    }

    /// Parameters that the library sends by itself, or that change how content goes out, replace its own; all others
    /// are sent as they are.
    private static func apply(
        _ parameter: ESMTPParameter,
        to parameters: inout MailParameters
    ) throws(ToolError) {
        switch (parameter.keyword, parameter.value) {
        case ("SIZE", let value):
            guard let size = value.flatMap({ UInt64($0) }) else {
                throw ToolError(.usage, "--mail-param: SIZE takes a number of octets")
            }
            parameters.size = .require(size)
        case ("BODY", let value):
            guard let type = value.flatMap({ BodyType(rawValue: $0.uppercased()) }) else {
                throw ToolError(.usage, "--mail-param: BODY takes 7BIT, 8BITMIME or BINARYMIME")
            }
            parameters.body = .require(type)
        case ("SMTPUTF8", nil): parameters.smtpUTF8 = .require
        case ("REQUIRETLS", nil): parameters.requireTLS = .require
        default: parameters.custom.append(Self.custom(parameter))
        }
    }
}
