/// How much the caller wants something that only some servers offer.
public enum Demand<Value: Sendable & Hashable>: Sendable, Hashable {
    /// Not used, even when offered.
    case never
    /// Used when the server offers it, silently left out otherwise.
    case prefer(Value)
    /// Used, or the transaction fails before MAIL with an error that names the missing extension.
    case require(Value)

    /// The value to use with a server that does, or does not, offer the extension.
    func resolve(
        offered: Bool,
        extension keyword: ExtensionKeyword
    ) throws(NegotiationError) -> Value? {
        switch self {
        case .never: return nil
        case .prefer(let value): return offered ? value : nil
        case .require(let value):
            guard offered else { throw NegotiationError(.notOffered(keyword)) }
            return value
        }
    }
}

/// Value of a parameter that has none, such as SMTPUTF8 and REQUIRETLS.
public struct Presence: Sendable, Hashable {
    /// The only value.
    public init() {}
}

extension Demand where Value == Presence {
    /// Used when the server offers it.
    public static var prefer: Self { .prefer(Presence()) }
    /// Used, or the transaction fails before MAIL.
    public static var require: Self { .require(Presence()) }
}
