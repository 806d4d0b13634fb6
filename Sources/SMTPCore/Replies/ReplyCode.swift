/// Three-digit SMTP reply code, 200 to 599 (RFC 5321 section 4.2).
///
/// A client acts on the code only, and on the first digit where it does not know the rest (RFC 5321 section
/// 4.3.2), so compare ``severity`` before you compare codes.
public struct ReplyCode: Sendable, Hashable, Comparable, CustomStringConvertible {
    /// Meaning of the first digit (RFC 5321 section 4.2.1).
    public enum Severity: UInt8, Sendable, Hashable {
        /// 2yz: the requested action was completed.
        case positiveCompletion = 2
        /// 3yz: the server waits for more input.
        case positiveIntermediate = 3
        /// 4yz: refused for now; the same request may succeed later.
        case transientNegative = 4
        /// 5yz: refused; the same request must not be repeated unchanged.
        case permanentNegative = 5
    }

    /// The code as a number, 200 to 599.
    public let value: Int

    /// Makes a code; nil when `value` is outside 200 to 599 (RFC 5321 defines no other first digits).
    public init?(_ value: Int) {
        guard (200...599).contains(value) else { return nil }
        self.value = value
    }

    private init(known value: Int) {
        self.value = value
    }

    /// Meaning of the first digit.
    public var severity: Severity {
        switch self.value {
        case ..<300: .positiveCompletion
        case ..<400: .positiveIntermediate
        case ..<500: .transientNegative
        default: .permanentNegative
        }
    }

    /// Whether the code is 2yz.
    public var isPositive: Bool { self.severity == .positiveCompletion }

    /// Whether the code is 4yz or 5yz.
    public var isNegative: Bool { self.value >= 400 }

    /// The three digits.
    public var description: String { String(self.value) }

    /// Compares the numbers.
    public static func < (lhs: Self, rhs: Self) -> Bool { lhs.value < rhs.value }
}

extension ReplyCode {
    /// 220: service ready, or go ahead with the TLS handshake.
    public static let ready = Self(known: 220)
    /// 221: the server closes the connection.
    public static let closing = Self(known: 221)
    /// 235: authentication succeeded (RFC 4954).
    public static let authenticated = Self(known: 235)
    /// 250: completed.
    public static let ok = Self(known: 250)
    /// 251: the user is not local, the message will be forwarded.
    public static let willForward = Self(known: 251)
    /// 252: cannot verify, but the message will be accepted.
    public static let cannotVerify = Self(known: 252)
    /// 334: the server sent a SASL challenge (RFC 4954).
    public static let challenge = Self(known: 334)
    /// 354: start of mail input.
    public static let startMailInput = Self(known: 354)
    /// 421: the service is closing this connection; may answer any command (RFC 5321 section 3.8).
    public static let serviceNotAvailable = Self(known: 421)
    /// 452: insufficient storage, or too many recipients.
    public static let insufficientStorage = Self(known: 452)
    /// 502: command not implemented.
    public static let notImplemented = Self(known: 502)
    /// 503: bad sequence of commands.
    public static let badSequence = Self(known: 503)
    /// 552: storage allocation exceeded; from old servers, too many recipients.
    public static let storageExceeded = Self(known: 552)
}
