/// Enhanced mail system status code `class.subject.detail` (RFC 3463, carried in replies by RFC 2034).
public struct EnhancedStatusCode: Sendable, Hashable, CustomStringConvertible {
    /// 2 success, 4 persistent transient failure, 5 permanent failure.
    public let statusClass: Int
    /// Where the condition arose, 0 to 999: 1 addressing, 2 mailbox, 3 mail system, 4 network, 5 protocol, 6
    /// content, 7 security or policy.
    public let subject: Int
    /// The condition itself, 0 to 999.
    public let detail: Int

    /// Makes a code; nil when the class is not 2, 4 or 5 or a number is outside 0 to 999.
    public init?(_ statusClass: Int, _ subject: Int, _ detail: Int) {
        guard statusClass == 2 || statusClass == 4 || statusClass == 5, (0...999).contains(subject),
            (0...999).contains(detail)
        else {
            return nil
        }
        self.statusClass = statusClass
        self.subject = subject
        self.detail = detail
    }

    /// The dotted form.
    public var description: String { "\(self.statusClass).\(self.subject).\(self.detail)" }

    /// Code at the start of a reply text, with the count of octets it and the space behind it take.
    ///
    /// RFC 2034 section 4: only when followed by a space or the end, and only when its class is the first
    /// digit of the reply code; anything else is plain text.
    static func parsePrefix(
        of text: some Collection<UInt8>,
        replyCode: ReplyCode
    ) -> (code: EnhancedStatusCode, length: Int)? {
        // Class and subject once their dots have come, and the number being read.
        var (statusClass, subject, current): (Int, Int, Int) = (0, 0, 0)
        var (dots, digits, length) = (0, 0, 0)
        scan: for byte in text {
            length += 1
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"):
                digits += 1
                guard digits <= 3 else { return nil }
                current = current * 10 + Int(byte - UInt8(ascii: "0"))
            case UInt8(ascii: ".") where dots == 0 ? digits == 1 : digits > 0 && dots == 1:
                (statusClass, subject) = dots == 0 ? (current, 0) : (statusClass, current)
                dots += 1
                (current, digits) = (0, 0)
            case UInt8(ascii: " "):
                break scan
            default:
                return nil
            }
        }
        guard dots == 2, digits > 0, statusClass == Int(replyCode.severity.rawValue) else { return nil }
        return EnhancedStatusCode(statusClass, subject, current).map { ($0, length) }
    }
}
