internal import SMTPCore

/// What a transport on this machine can do with the parameters of a message.
enum LocalReach {
    /// Keeps all of them beside the message.
    case records
    /// Understands these extensions, and nothing else.
    case understands([ExtensionKeyword])

    /// The same as a server would offer it.
    func extensions(for envelope: Envelope) -> ServerExtensions {
        let keywords: [ExtensionKeyword] =
            switch self {
            case .understands(let keywords): keywords
            case .records:
                [
                    .eightBitMIME, .smtpUTF8, .size, .dsn, .auth, .requireTLS, .futureRelease, .deliverBy,
                    .mtPriority,
                ] + Self.custom(in: envelope)
            }
        guard let code = ReplyCode(250) else { return .none }
        let lines = ["local"] + keywords.map(\.description)
        return ServerExtensions(ehlo: Reply(code: code, text: Array(lines.joined(separator: "\n").utf8)))
    }

    private static func custom(in envelope: Envelope) -> [ExtensionKeyword] {
        (envelope.parameters.custom + envelope.recipients.flatMap(\.parameters.custom)).map(\.offeredBy)
    }
}
