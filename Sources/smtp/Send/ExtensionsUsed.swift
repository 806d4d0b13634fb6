internal import AsyncSMTP

/// The service extensions a message made use of.
enum ExtensionsUsed {
    /// Extensions by the parameters of MAIL that belong to them, where the names differ.
    private static let extensions = [
        "RET": "DSN", "ENVID": "DSN", "HOLDFOR": "FUTURERELEASE", "HOLDUNTIL": "FUTURERELEASE",
        "BY": "DELIVERBY",
    ]

    /// Their keywords, sorted.
    static func names(
        _ negotiation: SendReceipt.Negotiation,
        _ envelope: Envelope,
        _ server: SMTPServer,
        isAuthenticated: Bool
    ) -> [String] {
        var names: Set<String> = []
        for parameter in negotiation.mailParameters {
            switch parameter.keyword {
            case "BODY": names.insert(parameter.value == "BINARYMIME" ? "BINARYMIME" : "8BITMIME")
            case let keyword: names.insert(Self.extensions[keyword] ?? keyword)
            }
        }
        for recipient in envelope.recipients {
            if recipient.parameters.notify != .never { names.insert("DSN") }
            for custom in recipient.parameters.custom { names.insert(custom.offeredBy.description) }
        }
        if negotiation.pipelining != .disabled { names.insert("PIPELINING") }
        if negotiation.usedChunking { names.insert("CHUNKING") }
        if negotiation.tls != nil, server.tls != .implicit { names.insert("STARTTLS") }
        if isAuthenticated { names.insert("AUTH") }
        return names.sorted()
    }
}
