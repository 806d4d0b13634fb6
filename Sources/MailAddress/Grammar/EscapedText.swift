/// A text made safe to print: nothing in it can start a new line, move the cursor or reorder what follows.
package struct EscapedText: CustomStringConvertible {
    /// The text, escaped.
    package let description: String

    /// Escapes `text`; the result has at most `limit` characters, the last of them `…` when text is left out.
    package init(_ text: String, limit: Int) {
        var pieces: [String] = []
        var length = 0
        for scalar in text.unicodeScalars {
            let piece = Self.escaped(scalar)
            length += piece.unicodeScalars.count
            pieces.append(piece)
            if length > limit { break }
        }
        if length > limit {
            while length >= limit, let piece = pieces.popLast() {
                length -= piece.unicodeScalars.count
            }
            pieces.append("…")
        }
        description = pieces.joined()
    }

    /// The form `0x0A` of a byte.
    static func hexadecimal(_ byte: UInt8) -> String {
        (byte < 0x10 ? "0x0" : "0x") + String(byte, radix: 16, uppercase: true)
    }

    private static func escaped(_ scalar: Unicode.Scalar) -> String {
        switch scalar {
        case "\r": return "\\r"
        case "\n": return "\\n"
        case "\t": return "\\t"
        case "\"": return "\\\""
        case "\\": return "\\\\"
        default: break
        }
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .unassigned, .surrogate:
            return "\\u{" + String(scalar.value, radix: 16, uppercase: true) + "}"
        default:
            return String(Character(scalar))
        }
    }
}
