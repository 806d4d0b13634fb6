/// The argument of MAIL or RCPT: `FROM:<path> parameters` (RFC 5321 section 4.1.2).
///
/// Something is made of any argument, since a script may accept what the grammar refuses.
struct EnvelopeArgument {
    /// The path without its angle brackets.
    let path: String
    let parameters: SMTPTestServer.Parameters
    /// Whether keyword, brackets and spaces stand where the grammar wants them; of the path itself it says
    /// nothing.
    let isWellFormed: Bool

    /// - Parameter keyword: `FROM:` or `TO:`.
    init(_ argument: String, keyword: String) {
        var rest = Array(argument.utf8)[...]
        let hasKeyword = argument.uppercased().hasPrefix(keyword)
        if hasKeyword {
            rest = rest.dropFirst(keyword.utf8.count)
        }
        let hasSpace = rest.first == .space
        rest = rest.drop { $0 == .space }
        let hasBracket = rest.first == UInt8(ascii: "<")
        if hasBracket {
            rest = rest.dropFirst()
        }
        let end = hasBracket ? Self.endOfPath(in: rest) : rest.firstIndex(of: .space)
        let tail = end.map { rest[$0...].dropFirst(hasBracket ? 1 : 0) } ?? []
        let isSeparated = tail.isEmpty || tail.first == .space
        let text = String(decoding: tail.drop { $0 == .space }, as: UTF8.self)
        let singlySpaced = tail.split(separator: .space, omittingEmptySubsequences: false).dropFirst()
        self.path = String(decoding: rest[..<(end ?? rest.endIndex)], as: UTF8.self)
        self.parameters = SMTPTestServer.Parameters(text)
        self.isWellFormed =
            hasKeyword && !hasSpace && hasBracket && end != nil && isSeparated
            && !singlySpaced.contains(where: \.isEmpty)
    }

    /// The index of the closing bracket; one inside a quoted string does not count.
    private static func endOfPath(in octets: ArraySlice<UInt8>) -> Int? {
        var isQuoted = false
        var isEscaped = false
        for (index, octet) in zip(octets.indices, octets) {
            if isEscaped {
                isEscaped = false
            } else if octet == UInt8(ascii: "\\") {
                isEscaped = isQuoted
            } else if octet == UInt8(ascii: "\"") {
                isQuoted.toggle()
            } else if octet == UInt8(ascii: ">"), !isQuoted {
                return index
            }
        }
        return nil
    }
}
