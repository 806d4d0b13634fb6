/// A parser of address lists, as they stand in To, Cc and similar header fields (RFC 5322 §3.4).
///
/// It accepts display names, quoted strings, angle addresses, comments, folded lines and groups; raw UTF-8 is
/// allowed as in RFC 6532. Comments are dropped, encoded-words are left as written and never decoded: decoded
/// text can therefore never be read as an address. A list is accepted as a whole or refused as a whole.
///
/// ```swift
/// let parser = AddressListParser()
/// let entries = try parser.parse("Ann <ann@example.org>, Team: bob@example.org;")
/// ```
///
/// The work is linear in the length of the input and uses no recursion.
public struct AddressListParser: Sendable {
    /// Which forms are accepted.
    public let mode: Mode

    /// The bounds on the input.
    public let limits: Limits

    /// Makes a parser.
    public init(mode: Mode = .strict, limits: Limits = Limits()) {
        self.mode = mode
        self.limits = limits
    }

    /// Parses a list of one or more entries.
    ///
    /// - Parameter text: The value of a header field, folded or not.
    /// - Throws: ``AddressError`` when anything in the text is not part of an address list, when an address
    ///   breaks the limits of ``EmailAddress``, or the list breaks ``limits``.
    public func parse(_ text: String) throws(AddressError) -> [AddressListEntry] {
        var steps = 0
        return try parse(text, steps: &steps)
    }

    /// Parses a list of one or more entries from bytes, which must be UTF-8.
    ///
    /// - Parameter bytes: The value of a header field, folded or not.
    /// - Throws: ``AddressError`` as ``parse(_:)-(String)`` does, and when the bytes are not UTF-8.
    public func parse(_ bytes: some Collection<UInt8>) throws(AddressError) -> [AddressListEntry] {
        let bytes = Array(bytes)
        let text = String(decoding: bytes, as: UTF8.self)
        if !text.utf8.elementsEqual(bytes) {
            let position = zip(text.utf8, bytes).enumerated().first { $1.0 != $1.1 }?.offset ?? bytes.count
            throw AddressError(
                .invalidUTF8,
                position: position,
                byte: bytes.dropFirst(position).first,
                input: text
            )
        }
        return try parse(text)
    }

    /// Parses a list and gives its mailboxes in order, those of groups among them.
    ///
    /// - Parameter text: The value of a header field, folded or not.
    /// - Throws: ``AddressError`` as ``parse(_:)-(String)`` does.
    public func mailboxes(in text: String) throws(AddressError) -> [Mailbox] {
        var mailboxes: [Mailbox] = []
        for entry in try parse(text) {
            mailboxes += entry.mailboxes
        }
        return mailboxes
    }

    /// As ``parse(_:)-(String)``; leaves the number of bytes walked over in `steps`, even when it throws.
    package func parse(_ text: String, steps: inout Int) throws(AddressError) -> [AddressListEntry] {
        guard text.utf8.count <= limits.maximumInputLength else {
            let position = max(0, limits.maximumInputLength)
            throw AddressError(
                .inputTooLong,
                position: position,
                byte: text.utf8.dropFirst(position).first,
                input: text
            )
        }
        let dialect: AddressDialect = mode == .strict ? .header : .obsoleteHeader
        let scanner = AddressScanner(
            Array(text.utf8),
            dialect: dialect,
            maximumCommentDepth: limits.maximumCommentDepth
        )
        try scanner.requireHeaderText()
        var reader = AddressListReader(scanner, maximumEntries: limits.maximumEntries)
        defer { steps = reader.steps }
        return try reader.readList()
    }
}
