internal import MailAddress
internal import SMTPCore

/// Arguments by which sendmail is told about one message (S-A6).
struct SendmailArguments {
    /// The arguments, each a string of its own, never a line.
    let values: [String]

    /// Checks addresses and parameters.
    ///
    /// - Throws: ``SMTPError`` with ``SMTPError/Code/invalidArgument`` or ``SMTPError/Code/notSupported``.
    init(_ delivery: LocalDelivery) throws(SMTPError) {
        let envelope = delivery.message.envelope
        try Self.checkParameters(envelope)
        var values: [String] = []
        for parameter in delivery.parameters {
            switch (parameter.keyword, parameter.value) {
            case ("RET", let value?): values += ["-R", value.lowercased()]
            case ("ENVID", let value?): values += ["-V", value]
            // BODY says what the program sees itself.
            default: break
            }
        }
        if let notify = try Self.notify(delivery) { values += ["-N", notify] }
        values += ["-f", try Self.checked(envelope.sender.address) ?? "<>", "--"]
        for recipient in delivery.recipients {
            values.append(try Self.checked(recipient.path.address) ?? "Postmaster")
        }
        self.values = values
    }

    private static func checked(_ address: EmailAddress?) throws(SMTPError) -> String? {
        guard let text = address?.wireForm else { return nil }
        guard text.utf8.first != UInt8(ascii: "-") else {
            throw SMTPError(
                .invalidArgument,
                "an address that begins with '-' could be taken for an option: \(PrintableText.escape(text))",
                stage: .preparation
            )
        }
        guard text.utf8.allSatisfy({ $0 < 0x80 }) else {
            throw SMTPError(
                .notSupported,
                "sendmail takes no address outside ASCII: \(PrintableText.escape(text))",
                stage: .preparation
            )
        }
        return text
    }

    /// There is an option for each of RET, ENVID and NOTIFY, and for nothing else.
    private static func checkParameters(_ envelope: Envelope) throws(SMTPError) {
        var keywords = envelope.recipients.compactMap { recipient in
            if case .require = recipient.parameters.originalRecipient { "ORCPT" } else { nil }
        }
        let custom = envelope.parameters.custom + envelope.recipients.flatMap(\.parameters.custom)
        keywords += custom.filter(\.isRequired).map(\.parameter.keyword)
        guard let keyword = keywords.first else { return }
        throw SMTPError(.notSupported, "sendmail takes no \(keyword)", stage: .preparation)
    }

    /// The NOTIFY of all recipients; nil where there is none, or not one for all.
    private static func notify(_ delivery: LocalDelivery) throws(SMTPError) -> String? {
        let values = delivery.recipients.map { recipient in
            recipient.parameters.first { $0.keyword == "NOTIFY" }?.value
        }
        if Set(values).count == 1 { return values.first.flatMap { $0 }?.lowercased() }
        let isRequired = delivery.message.envelope.recipients.contains {
            if case .require = $0.parameters.notify { true } else { false }
        }
        guard isRequired else { return nil }
        throw SMTPError(.notSupported, "sendmail takes one NOTIFY for all recipients", stage: .preparation)
    }
}
