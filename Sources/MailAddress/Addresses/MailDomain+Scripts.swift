extension MailDomain {
    /// The scripts which the letters of ``unicode`` belong to, by their Unicode names, such as `Latin` and
    /// `Cyrillic`.
    ///
    /// A help against look-alikes: a name with more than one script deserves a second look. Digits and marks
    /// shared by all scripts do not count; a letter of a script that is rare in domain names counts as
    /// `Unknown`. Address literals have none.
    public var scripts: Set<String> {
        guard !isLiteral else { return [] }
        var found: Set<String> = []
        for character in unicode where character != "." && character != "-" {
            let text = String(character)
            let script = Self.knownScripts.first { script in text.firstMatch(of: script.pattern) != nil }
            found.insert(script?.name ?? "Unknown")
        }
        found.remove("Common")
        return found
    }

    /// The scripts recommended for identifiers (UAX-31, table 5).
    private static var knownScripts: [(name: String, pattern: Regex<Substring>)] {
        [
            ("Latin", /\p{Script=Latin}/), ("Greek", /\p{Script=Greek}/), ("Cyrillic", /\p{Script=Cyrillic}/),
            ("Han", /\p{Script=Han}/), ("Hiragana", /\p{Script=Hiragana}/),
            ("Katakana", /\p{Script=Katakana}/), ("Hangul", /\p{Script=Hangul}/),
            ("Bopomofo", /\p{Script=Bopomofo}/), ("Arabic", /\p{Script=Arabic}/),
            ("Hebrew", /\p{Script=Hebrew}/), ("Armenian", /\p{Script=Armenian}/),
            ("Georgian", /\p{Script=Georgian}/), ("Devanagari", /\p{Script=Devanagari}/),
            ("Bengali", /\p{Script=Bengali}/), ("Gurmukhi", /\p{Script=Gurmukhi}/),
            ("Gujarati", /\p{Script=Gujarati}/), ("Oriya", /\p{Script=Oriya}/), ("Tamil", /\p{Script=Tamil}/),
            ("Telugu", /\p{Script=Telugu}/), ("Kannada", /\p{Script=Kannada}/),
            ("Malayalam", /\p{Script=Malayalam}/), ("Sinhala", /\p{Script=Sinhala}/),
            ("Thai", /\p{Script=Thai}/), ("Lao", /\p{Script=Lao}/), ("Tibetan", /\p{Script=Tibetan}/),
            ("Myanmar", /\p{Script=Myanmar}/), ("Khmer", /\p{Script=Khmer}/),
            ("Ethiopic", /\p{Script=Ethiopic}/), ("Thaana", /\p{Script=Thaana}/),
            ("Common", /\p{Script=Common}/),
        ]
    }
}
