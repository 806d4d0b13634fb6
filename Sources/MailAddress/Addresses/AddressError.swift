/// The error of every parser and initialiser in this module: what was wrong, and exactly where.
///
/// Nothing in this module repairs its input. An address which needs a change to be valid is refused, because
/// a change could name another recipient.
public struct AddressError: Error, Sendable, Hashable {
    /// The rule that was broken.
    public let reason: Reason

    /// The offset of the fault in the UTF-8 form of ``input``, in bytes; the length of the input when it
    /// ended too early.
    public let position: Int

    /// The byte at ``position``, or nil at the end of the input.
    public let byte: UInt8?

    /// The text that was refused, as it was given.
    ///
    /// It may hold control characters: print ``description`` instead.
    public let input: String

    package init(_ reason: Reason, position: Int, byte: UInt8?, input: String) {
        self.reason = reason
        self.position = position
        self.byte = byte
        self.input = input
    }
}

extension AddressError: CustomStringConvertible {
    /// One printable line: reason, byte as `0xNN`, position, and the input escaped, up to 200 characters.
    public var description: String {
        var text = reason.description
        if let byte {
            text += " (byte \(EscapedText.hexadecimal(byte)))"
        }
        return text + " at offset \(position) in \"\(EscapedText(input, limit: 200))\""
    }
}
