/// Parameters of RCPT, each with how much the caller wants it.
public struct RecipientParameters: Sendable, Hashable {
    /// NOTIFY (RFC 3461).
    public var notify: Demand<Notify> = .never
    /// ORCPT (RFC 3461); nil sends the recipient's own address whenever NOTIFY goes out.
    ///
    /// A preferred one goes out only together with NOTIFY, because some servers refuse it alone.
    public var originalRecipient: Demand<OriginalRecipient>?
    /// Parameters of other extensions, sent in this order behind the known ones.
    public var custom: [CustomParameter] = []

    /// No parameters.
    public init() {}

    /// Parameters to send with RCPT.
    ///
    /// - Throws: ``NegotiationError`` when something required is not offered.
    package func resolve(
        for recipient: ForwardPath,
        with extensions: ServerExtensions
    ) throws(NegotiationError) -> [ESMTPParameter] {
        var result: [ESMTPParameter] = []
        let dsn = extensions.offers(.dsn)
        let notify = try self.notify.resolve(offered: dsn, extension: .dsn)
        if let notify { result.append(ESMTPParameter(keyword: "NOTIFY", encoded: notify.value)) }
        let original: OriginalRecipient? =
            switch self.originalRecipient {
            case nil where notify != nil: recipient.address.map(OriginalRecipient.init)
            case .prefer where notify == nil, nil: nil
            case .some(let demand): try demand.resolve(offered: dsn, extension: .dsn)
            }
        if let original { result.append(ESMTPParameter(keyword: "ORCPT", encoded: original.value)) }
        for parameter in self.custom {
            if let value = try parameter.resolve(with: extensions) { result.append(value) }
        }
        return result
    }
}
