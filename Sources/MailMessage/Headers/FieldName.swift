/// The name of a header field (RFC 5322 §2.2).
///
/// A name is sent as it was spelled; `Subject` and `SUBJECT` are equal.
public struct FieldName: Sendable {
    /// The greatest length of a name in octets: with its colon it leaves room on a line of 78.
    public static let maximumLength = 76

    /// The name as it was spelled.
    public let description: String

    /// The name in ASCII lower case, by which names are compared.
    package let key: String

    /// Takes a name.
    ///
    /// - Parameter text: 1 to 76 characters of ASCII from `!` to `~`, without a colon.
    /// - Throws: ``MessageError`` with ``MessageError/Reason/invalidFieldName`` when it is anything else.
    public init(_ text: String) throws(MessageError) {
        let octets = text.utf8
        guard !octets.isEmpty, octets.count <= Self.maximumLength,
            octets.allSatisfy({ HeaderOctet.isVisible($0) && $0 != HeaderOctet.colon })
        else { throw MessageError(.invalidFieldName, detail: text) }
        self.init(known: text)
    }

    /// Takes a name that is known to be valid.
    init(known text: String) {
        description = text
        key = text.lowercased()
    }
}

extension FieldName: Hashable {
    /// Whether the names agree, ASCII case aside.
    public static func == (left: FieldName, right: FieldName) -> Bool { left.key == right.key }

    /// Hashes the name in lower case.
    public func hash(into hasher: inout Hasher) { hasher.combine(key) }
}

extension FieldName: CustomStringConvertible {}
