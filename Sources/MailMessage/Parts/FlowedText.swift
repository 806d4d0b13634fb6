/// Text whose lines a reader may break anew (RFC 3676).
enum FlowedText {
    /// Columns after which a line is broken.
    private static let width = 72
    /// What stands above a signature, its space included (RFC 3676 section 4.3).
    private static let signatureMark = "-- "

    /// Writes text so that paragraphs, one line each here, flow.
    static func encode(_ text: String) -> String {
        var lines: [String] = []
        for line in text.split(omittingEmptySubsequences: false, whereSeparator: Self.isLineEnd) {
            lines += Self.wrap(String(line))
        }
        return lines.joined(separator: "\r\n")
    }

    /// Whether the character ends a line of a message; form feeds and separators of Unicode do not.
    private static func isLineEnd(_ character: Character) -> Bool {
        character == "\r\n" || character == "\r" || character == "\n"
    }

    /// The lines of one paragraph: a space at the end of each but the last tells that it goes on.
    private static func wrap(_ paragraph: String) -> [String] {
        // The mark of a signature keeps its space; behind any other line it would make the next one its rest.
        guard paragraph != Self.signatureMark else { return [paragraph] }
        var rest = paragraph.unicodeScalars[...]
        while rest.last == " " { rest.removeLast() }
        var lines: [String] = []
        while let end = Self.breakPlace(in: Substring(rest)) {
            lines.append(Self.stuff(rest[..<end]))
            rest = rest[end...]
        }
        return lines + [Self.stuff(rest)]
    }

    /// Behind the last space that fits, or the first one behind that; nil where the text fits or has none.
    private static func breakPlace(in text: Substring) -> Substring.Index? {
        guard let limit = text.index(text.startIndex, offsetBy: Self.width, limitedBy: text.endIndex),
            limit < text.endIndex
        else { return nil }
        let place =
            text[..<limit].lastIndex { Self.isSpace($0) }.flatMap { Self.mayEndLine(text[...$0]) ? $0 : nil }
            ?? text[limit...].firstIndex { Self.isSpace($0) }
        guard let place else { return nil }
        let end = text.index(after: place)
        return end < text.endIndex ? end : nil
    }

    private static func isSpace(_ character: Character) -> Bool { character == " " }

    /// Whether a line may be broken behind this: a space alone would be one taken for stuffing, and the mark of a
    /// signature would begin one.
    private static func mayEndLine(_ line: Substring) -> Bool {
        line.utf8.count > 1 && line != Self.signatureMark
    }

    /// A line that would be read as something else gets a space in front (RFC 3676 section 4.4).
    private static func stuff(_ line: Substring.UnicodeScalarView) -> String {
        let octets = String(line).utf8
        // Octets, not characters: a reader takes the space away even where a combining mark follows it.
        let needsSpace =
            octets.starts(with: " ".utf8) || octets.starts(with: ">".utf8)
            || octets.starts(with: "From ".utf8)
        return (needsSpace ? " " : "") + String(line)
    }
}
