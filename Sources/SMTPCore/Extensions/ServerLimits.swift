/// Limits a server announced by the LIMITS extension (RFC 9422); nil where it named none.
public struct ServerLimits: Sendable, Hashable {
    /// Transactions a connection may carry, MAILMAX.
    public let transactions: Int?
    /// Recipients a transaction may have, RCPTMAX.
    public let recipients: Int?
    /// Different recipient domains a transaction may have, RCPTDOMAINMAX.
    public let recipientDomains: Int?

    /// No limits.
    static let none = ServerLimits(parameters: [])

    /// Parses `NAME=value`; unknown names and values outside 1 to 999 999 are ignored.
    init(parameters: [String]) {
        var values: [String: Int] = [:]
        for parameter in parameters {
            let parts = parameter.split(separator: "=", maxSplits: 1)
            guard parts.count == 2, parts[1].utf8.allSatisfy({ (0x30...0x39).contains($0) }),
                let value = Int(parts[1]), (1...999_999).contains(value)
            else { continue }
            values[parts[0].uppercased()] = value
        }
        self.transactions = values["MAILMAX"]
        self.recipients = values["RCPTMAX"]
        self.recipientDomains = values["RCPTDOMAINMAX"]
    }
}
