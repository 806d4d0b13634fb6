/// The search for encoded-words where no reader decodes them (RFC 2047 §5).
enum EncodedWordSearch {
    private static let mark = UInt8(ascii: "?")
    private static let equals = UInt8(ascii: "=")

    /// Whether something like an encoded-word is in the octets: `=?`, and `?=` behind it.
    static func isContained(in octets: some Collection<UInt8>) -> Bool {
        var hasStart = false
        var previous: UInt8 = 0
        for octet in octets {
            if hasStart, previous == mark, octet == equals { return true }
            let isStart = !hasStart && previous == equals && octet == mark
            hasStart = hasStart || isStart
            // The question mark of the start is not that of the end.
            previous = isStart ? 0 : octet
        }
        return false
    }

    /// Whether something like one is within the quotes of a structured value; comments are passed over.
    static func isQuoted(in value: [UInt8]) -> Bool {
        var quoted: [UInt8]?
        var depth = 0
        var isEscaped = false
        for octet in value {
            if isEscaped {
                isEscaped = false
                continue
            }
            switch octet {
            case HeaderOctet.backslash where quoted != nil || depth > 0:
                isEscaped = true
            case HeaderOctet.quote where depth == 0:
                if let text = quoted, Self.isContained(in: text) { return true }
                quoted = quoted == nil ? [] : nil
            case HeaderOctet.openParenthesis where quoted == nil:
                depth += 1
            case HeaderOctet.closeParenthesis where quoted == nil:
                depth = max(0, depth - 1)
            default:
                quoted?.append(octet)
            }
        }
        return false
    }
}
