/// One header field: a name and a value (RFC 5322 §2.2).
public struct HeaderField: Sendable, Hashable {
    /// The name.
    public var name: FieldName

    /// The value, as it is meant.
    public var value: FieldValue

    /// Makes a header field.
    public init(_ name: FieldName, _ value: FieldValue) {
        self.name = name
        self.value = value
    }
}
