/// Text whose lines a reader may break anew (RFC 3676).
enum FlowedText {
    /// Columns after which a line is broken.
    private static let width = 72

    /// Writes text so that paragraphs, one line each here, flow.
    static func encode(_ text: String) -> String {
        var lines: [String] = []
        for line in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline) {
            lines += Self.wrap(line)
        }
        return lines.joined(separator: "\r\n")
    }

    /// The lines of one paragraph: a space at the end of each but the last tells that it goes on.
    private static func wrap(_ paragraph: Substring) -> [String] {
        // The mark of a signature keeps its space; behind any other line it would make the next one its rest.
        guard paragraph != "-- " else { return ["-- "] }
        var rest = paragraph
        while rest.last == " " { rest.removeLast() }
        var lines: [String] = []
        while let end = Self.breakPlace(in: rest) {
            lines.append(Self.stuff(rest[..<end]))
            rest = rest[end...]
        }
        return lines + [Self.stuff(rest)]
    }

    /// Behind the last space that fits, or the first one; nil where the text fits or has none.
    private static func breakPlace(in text: Substring) -> Substring.Index? {
        guard let limit = text.index(text.startIndex, offsetBy: Self.width, limitedBy: text.endIndex),
            limit < text.endIndex
        else { return nil }
        let place =
            text[..<limit].lastIndex(of: " ").flatMap { $0 > text.startIndex ? $0 : nil }
            ?? text[limit...].firstIndex(of: " ")
        guard let place else { return nil }
        let end = text.index(after: place)
        return end < text.endIndex ? end : nil
    }

    /// A line that would be read as something else gets a space in front (RFC 3676 section 4.4).
    private static func stuff(_ line: Substring) -> String {
        let needsSpace = line.hasPrefix(" ") || line.hasPrefix(">") || line.hasPrefix("From ")
        return (needsSpace ? " " : "") + line
    }
}
