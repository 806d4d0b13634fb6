/// Argument that cannot be sent, found before anything was written.
public struct CommandError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What is wrong.
    public enum Reason: Sendable, Hashable {
        /// A control character (0x00 to 0x1F, 0x7F, and in UTF-8 U+0080 to U+009F, U+2028, U+2029).
        case controlCharacter
        /// An octet above 0x7F in a session or an argument that is ASCII only.
        case nonASCII
        /// A character the grammar of this argument does not allow.
        case unexpectedCharacter
        /// The argument is empty.
        case empty
        /// The argument or the whole command is longer than RFC 5321 section 4.5.3.1 allows.
        case tooLong(limit: Int)
        /// The value is out of range, or contradicts another one.
        case invalidValue
    }

    /// What is wrong.
    public let reason: Reason
    /// Which argument, in the words of the RFC, such as "EHLO name" or "ENVID".
    public let argument: String
    /// Offset of the offending octet in the argument's UTF-8; nil where the argument as a whole is wrong.
    public let position: Int?
    /// The offending octet.
    public let byte: UInt8?

    package init(_ reason: Reason, argument: String, position: Int? = nil, byte: UInt8? = nil) {
        self.reason = reason
        self.argument = argument
        self.position = position
        self.byte = byte
    }

    /// What is wrong, where, and with which octet.
    public var description: String {
        let what =
            switch self.reason {
            case .controlCharacter: "control character"
            case .nonASCII: "non-ASCII octet"
            case .unexpectedCharacter: "character that is not allowed"
            case .empty: "nothing"
            case .tooLong(let limit): "more than \(limit) octets"
            case .invalidValue: "a value that is not allowed"
            }
        var result = "\(self.argument) has \(what)"
        if let byte = self.byte {
            let digits = String(byte, radix: 16, uppercase: true)
            result += " (0x\(digits.count < 2 ? "0" : "")\(digits))"
        }
        if let position = self.position { result += " at position \(position)" }
        return result
    }
}
