internal import MailAddress

/// The header fields of a message or of a part, in order.
///
/// ```swift
/// var fields = HeaderFields()
/// fields.append(.subject, .text("Minutes"))
/// try fields.append("X-Campaign", "spring")
/// ```
public struct HeaderFields: Sendable, Hashable {
    private var fields: [HeaderField]

    /// Makes a header of the fields given, none by default.
    public init(_ fields: [HeaderField] = []) {
        self.fields = fields
    }

    /// Adds a field at the end.
    public mutating func append(_ field: HeaderField) {
        fields.append(field)
    }

    /// Adds a field at the end.
    public mutating func append(_ name: FieldName, _ value: FieldValue) {
        fields.append(HeaderField(name, value))
    }

    /// Adds a field of text at the end.
    ///
    /// - Throws: ``MessageError`` when the name is none, or the text holds a control character or a line end.
    public mutating func append(_ name: String, _ text: String) throws(MessageError) {
        fields.append(try Self.field(name, text))
    }

    /// Replaces all fields of a name by one, which stands where the first of them stood, or at the end.
    public mutating func set(_ name: FieldName, _ value: FieldValue) {
        let place = fields.firstIndex { $0.name == name } ?? fields.endIndex
        fields.removeAll { $0.name == name }
        fields.insert(HeaderField(name, value), at: place)
    }

    /// Replaces all fields of a name by one of text, as ``set(_:_:)-(FieldName,_)`` does.
    ///
    /// - Throws: ``MessageError`` when the name is none, or the text holds a control character or a line end.
    public mutating func set(_ name: String, _ text: String) throws(MessageError) {
        let field = try Self.field(name, text)
        set(field.name, field.value)
    }

    /// Removes all fields of a name.
    public mutating func remove(_ name: FieldName) {
        fields.removeAll { $0.name == name }
    }

    /// The value of the first field of a name, or nil when there is none.
    public func first(_ name: FieldName) -> FieldValue? {
        fields.first { $0.name == name }?.value
    }

    /// The values of all fields of a name, in order.
    public func all(_ name: FieldName) -> [FieldValue] {
        fields.filter { $0.name == name }.map(\.value)
    }

    private static func field(_ name: String, _ text: String) throws(MessageError) -> HeaderField {
        let name = try FieldName(name)
        try UnstructuredText.requirePrintable(text, field: name)
        return HeaderField(name, .text(text))
    }
}

extension HeaderFields: RandomAccessCollection {
    /// The place of the first field.
    public var startIndex: Int { fields.startIndex }

    /// The place behind the last field.
    public var endIndex: Int { fields.endIndex }

    /// The field at a place.
    public subscript(position: Int) -> HeaderField { fields[position] }
}
