/// The word before a subject that says what a message does with another.
enum SubjectPrefix {
    /// It answers one.
    case reply
    /// It hands one on.
    case forward

    private var spelling: String { self == .reply ? "Re:" : "Fwd:" }

    /// Words in lower case that other programs write.
    private var words: [String] { self == .reply ? ["re", "aw"] : ["fwd", "fw", "wg"] }

    /// The subject with the prefix before it once, whatever stood there of its kind.
    func before(_ subject: String) -> String {
        var rest = Substring(subject)
        while true {
            rest = rest.drop { $0 == " " || $0 == "\t" }
            guard let next = self.dropping(rest) else { break }
            rest = next
        }
        return rest.isEmpty ? self.spelling : "\(self.spelling) \(rest)"
    }

    /// The text behind one prefix, such as `Re:` or `Re[2]:`; nil when it begins with none.
    private func dropping(_ text: Substring) -> Substring? {
        let word = text.prefix { $0.isASCII && $0.isLetter }
        guard self.words.contains(word.lowercased()) else { return nil }
        var rest = text[word.endIndex...]
        if rest.first == "[" {
            let digits = rest.dropFirst().prefix { $0.isASCII && $0.isNumber }
            rest = rest[digits.endIndex...]
            guard !digits.isEmpty, rest.first == "]" else { return nil }
            rest = rest.dropFirst()
        }
        return rest.first == ":" ? rest.dropFirst() : nil
    }
}
