import MailAddress
import MailMessage

/// Header fields at random, the awkward ones more often than in life.
struct RandomHeaders {
    private var generator: SeededGenerator

    init(seed: UInt64) {
        generator = SeededGenerator(seed: seed)
    }

    private static let words = [
        "Hello", "a", "minutes", "of", "the", "meeting", "=?", "?=", "=?utf-8?q?x?=", "=?x?b?eQ==?=", "100%",
        "x=y", "a_b", "under_score=", "Grüße", "naïve", "Привет", "мир", "日本語", "テスト", "안녕하세요", "שלום",
        "مرحبا", "नमस्ते", "ไทย", "γειά", "👩‍👩‍👧‍👦", "🇪🇺", "e\u{301}", "\u{FB01}", "İstanbul", "\u{1F600}", "ß",
        "\"quoted\"", "(comment)", "a,b", "c;d", "<e@f.example>", "[g]", "back\\slash", "it's", ".", "..",
        "-",
        "https://example.org/a?b=c&d=e#f", "\u{A0}", "\u{3000}wide", "\u{200B}", "\u{FEFF}",
    ]
    private static let spaces = [" ", " ", " ", " ", " ", " ", " ", "  ", "   ", "\t", " \t "]
    private static let domains = ["example.org", "b.example", "xn--bcher-kva.example", "[192.0.2.1]"]
    private static let localParts = ["a", "john.smith", "x+y", "o'neil", "\"john smith\"", "a=b", "{x}|y"]

    private static let groups = ["Team", "My friends", "a,b: c;", "Freunde & Grüße", "日本語", "\"x\""]

    /// A text of words in the world's scripts.
    mutating func text(maximumWords: Int = 24) -> String {
        var text = chance(12) ? generator.pick(Self.spaces) : ""
        for index in 0..<generator.number(0...maximumWords) {
            if index > 0 { text += chance(30) ? run() : generator.pick(Self.spaces) }
            text += chance(25) ? longWord() : generator.pick(Self.words)
        }
        return text + (chance(12) ? generator.pick(Self.spaces) : "")
    }

    /// Addresses and groups with names of all kinds.
    mutating func entries() throws -> [AddressListEntry] {
        var entries: [AddressListEntry] = []
        for _ in 0..<generator.number(1...6) {
            guard chance(5) else {
                entries.append(.mailbox(try mailbox()))
                continue
            }
            var members: [Mailbox] = []
            for _ in 0..<generator.number(0...3) {
                members.append(try mailbox())
            }
            entries.append(.group(try AddressGroup(name: generator.pick(Self.groups), members: members)))
        }
        return entries
    }

    /// Identifiers as in a long thread.
    mutating func identifiers() throws -> [MessageIdentifier] {
        var identifiers: [MessageIdentifier] = []
        for _ in 0..<generator.number(1...30) {
            let domain = try MailDomain(generator.pick(Self.domains))
            let isLong = chance(10)
            identifiers.append(
                isLong
                    ? try MessageIdentifier(String(repeating: "long", count: 50) + "@example.org")
                    : .unique(domain: domain, using: &generator)
            )
        }
        return identifiers
    }

    /// A file name, and at times another parameter.
    mutating func parameters() throws -> [Parameter] {
        var value = text(maximumWords: chance(4) ? 40 : 5)
        value.unicodeScalars.removeAll { $0 == "\t" }
        if chance(4) { value += "\";x=\"" + generator.pick([".pdf", "\\", "\\\"", "%41", "''", "*0=a"]) }
        let parameter = try Parameter("filename", value)
        return chance(3) ? [parameter, try Parameter("x-note", generator.pick(Self.words))] : [parameter]
    }

    /// A date of the last or the next centuries.
    mutating func date() throws -> MailDate {
        try MailDate(
            secondsSince1970: Int64(generator.number(-2_000_000_000...20_000_000_000)),
            zoneOffsetMinutes: generator.number(-1439...1439)
        )
    }

    private mutating func mailbox() throws -> Mailbox {
        let address = generator.pick(Self.localParts) + "@" + generator.pick(Self.domains)
        return try Mailbox(displayName: name(), address: EmailAddress(address))
    }

    private mutating func name() -> String? {
        if chance(6) { return nil }
        var name = text(maximumWords: chance(8) ? 20 : 4)
        name.unicodeScalars.removeAll { $0 == "\t" }
        return name.isEmpty ? nil : name
    }

    private mutating func longWord() -> String {
        let scalar = generator.pick(["x", "é", "語", "𝒳", "=", "?"])
        return String(repeating: scalar, count: generator.number(30...300))
    }

    private mutating func run() -> String {
        String(repeating: " ", count: generator.number(2...100))
    }

    /// Whether one chance in so many comes true.
    private mutating func chance(_ odds: Int) -> Bool { generator.number(1...odds) == 1 }
}
