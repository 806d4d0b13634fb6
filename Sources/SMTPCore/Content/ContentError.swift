/// Content that must not be sent as it is.
public struct ContentError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What is wrong.
    public enum Reason: Sendable, Hashable {
        /// A CR or LF outside CRLF, under ``LineEndPolicy/reject``.
        case bareLineEnd
        /// NUL in content that is not sent as BINARYMIME (RFC 5322 section 2.3, RFC 6152).
        case nul
        /// A line of more than 998 octets without its CRLF (RFC 5321 section 4.5.3.1.6).
        case lineTooLong
        /// An octet above 0x7F for a server that does not offer 8BITMIME (RFC 5321 section 2.3.1).
        case eightBit
    }

    /// What is wrong.
    public let reason: Reason
    /// Offset of the octet in the content as it was given.
    public let position: UInt64

    package init(_ reason: Reason, position: UInt64) {
        self.reason = reason
        self.position = position
    }

    /// What is wrong and where.
    public var description: String {
        let what =
            switch self.reason {
            case .bareLineEnd: "a CR or LF that is not part of CRLF"
            case .nul: "a NUL octet"
            case .lineTooLong: "a line of more than 998 octets"
            case .eightBit: "an octet above 0x7F, which the server does not take"
            }
        return "content has \(what) at octet \(self.position)"
    }
}
