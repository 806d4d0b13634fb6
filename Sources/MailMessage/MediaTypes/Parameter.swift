internal import MailAddress

/// A parameter of a header field such as Content-Type: a name and a value (RFC 2045 §5.1, RFC 2231).
///
/// The value is text as it is meant; quotes and encodings are added when it is written.
public struct Parameter: Sendable, Hashable {
    /// The greatest length of a name in octets, which leaves room for a value on the line.
    public static let maximumNameLength = 40

    /// The greatest length of a value in octets.
    public static let maximumValueLength = 16_384

    /// The name in lower case.
    public let name: String

    /// The value.
    public let value: String

    /// Makes a parameter.
    ///
    /// - Parameters:
    ///   - name: A token without `*`, `'` and `%`, up to 40 octets; its case does not count.
    ///   - value: Text up to 16 384 octets of UTF-8.
    /// - Throws: ``MessageError`` when the name is no such token, or the value too long or with a control
    ///   character or a line end.
    public init(_ name: String, _ value: String) throws(MessageError) {
        guard !name.utf8.isEmpty, name.utf8.count <= Self.maximumNameLength,
            name.utf8.allSatisfy(HeaderOctet.isAttribute)
        else { throw MessageError(.invalidParameter, detail: name) }
        guard value.utf8.count <= Self.maximumValueLength else {
            throw MessageError(.tooLarge, field: name, detail: value)
        }
        guard ForbiddenCharacters.firstIndex(in: value.utf8) == nil else {
            throw MessageError(.controlCharacter, field: name, detail: value)
        }
        self.init(known: name.lowercased(), value)
    }

    /// Makes a parameter of a value in octets.
    ///
    /// - Throws: ``MessageError`` as ``init(_:_:)`` does, and when the octets are not UTF-8.
    public init(_ name: String, octets: some Collection<UInt8>) throws(MessageError) {
        guard let value = String(validating: octets, as: UTF8.self) else {
            throw MessageError(.invalidParameter, field: name, detail: "not UTF-8")
        }
        try self.init(name, value)
    }

    /// Takes a name in lower case and a value that are known to be valid.
    init(known name: String, _ value: String) {
        self.name = name
        self.value = value
    }
}

extension Parameter: CustomStringConvertible {
    /// The parameter as `name=value`; for people, since a header field needs quotes and encodings besides.
    public var description: String { "\(name)=\(value)" }
}
