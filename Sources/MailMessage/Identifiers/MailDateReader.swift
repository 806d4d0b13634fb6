/// The reader of dates (RFC 5322 §3.3 and, for what old programs wrote, §4.3).
struct MailDateReader {
    /// The names of the days, Monday first.
    static let weekdays = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]

    /// The names of the months, January first.
    static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    /// The greatest length of a text that is read, in octets; no date needs more.
    private static let maximumLength = 998

    /// Hours ahead of UTC of the zones with names; all others say nothing and count as UTC.
    private static let zones = [
        "est": -5, "edt": -4, "cst": -6, "cdt": -5, "mst": -7, "mdt": -6, "pst": -8, "pdt": -7,
    ]

    private let text: String
    private var tokens: ArraySlice<String>

    /// The date in the text.
    static func date(in text: String) throws(MessageError) -> MailDate {
        var reader = try MailDateReader(text)
        return try reader.read()
    }

    private init(_ text: String) throws(MessageError) {
        self.text = text
        tokens = []
        guard text.utf8.count <= Self.maximumLength else { throw error }
        var depth = 0
        var isEscaped = false
        var word: [UInt8] = []
        func endWord() {
            if !word.isEmpty { tokens.append(String(decoding: word, as: UTF8.self)) }
            word = []
        }
        for octet in text.utf8 {
            if depth > 0 {
                if isEscaped {
                    isEscaped = false
                } else {
                    isEscaped = octet == HeaderOctet.backslash
                    if octet == HeaderOctet.openParenthesis { depth += 1 }
                    if octet == HeaderOctet.closeParenthesis { depth -= 1 }
                }
                continue
            }
            switch octet {
            case HeaderOctet.openParenthesis:
                endWord()
                depth = 1
            case HeaderOctet.space, HeaderOctet.tab, HeaderOctet.carriageReturn, HeaderOctet.lineFeed:
                endWord()
            case HeaderOctet.comma, HeaderOctet.colon:
                endWord()
                tokens.append(octet == HeaderOctet.comma ? "," : ":")
            default:
                word.append(octet)
            }
        }
        endWord()
        guard depth == 0 else { throw error }
    }

    private var error: MessageError { MessageError(.invalidDate, detail: text) }

    private mutating func read() throws(MessageError) -> MailDate {
        let weekday = try readWeekday()
        let day = try readNumber(digits: 1...2)
        let month = try readName(of: Self.months) + 1
        let date = CivilDate(year: try readYear(), month: month, day: day)
        guard MailDate.years.contains(date.year), date.isValid, weekday == nil || weekday == date.weekday
        else { throw error }
        let hour = try readNumber(digits: 2...2)
        guard takeNext() == ":" else { throw error }
        let minute = try readNumber(digits: 2...2)
        var second = 0
        if tokens.first == ":" {
            takeNext()
            second = try readNumber(digits: 2...2)
        }
        guard hour < 24, minute < 60, second <= 60 else { throw error }
        let zone = try readZone()
        guard tokens.isEmpty else { throw error }
        let local = date.daysSince1970 * 86_400 + hour * 3600 + minute * 60 + second
        return try MailDate(secondsSince1970: Int64(local - zone * 60), zoneOffsetMinutes: zone)
    }

    @discardableResult
    private mutating func takeNext() -> String? { tokens.popFirst() }

    /// The day of the week, which may be missing.
    private mutating func readWeekday() throws(MessageError) -> Int? {
        guard let first = tokens.first?.utf8.first, HeaderOctet.isLetter(first) else { return nil }
        let weekday = try readName(of: Self.weekdays)
        guard takeNext() == "," else { throw error }
        return weekday
    }

    private mutating func readName(of names: [String]) throws(MessageError) -> Int {
        let word = takeNext()?.lowercased()
        guard let index = names.firstIndex(where: { $0.lowercased() == word }) else { throw error }
        return index
    }

    private mutating func readNumber(digits: ClosedRange<Int>) throws(MessageError) -> Int {
        guard let word = takeNext(), digits.contains(word.utf8.count),
            word.utf8.allSatisfy(HeaderOctet.isDigit), let number = Int(word)
        else { throw error }
        return number
    }

    /// The year; those of two and three digits mean what RFC 5322 §4.3 says.
    private mutating func readYear() throws(MessageError) -> Int {
        let digits = tokens.first?.utf8.count
        let year = try readNumber(digits: 2...4)
        return switch digits {
        case 2 where year < 50: year + 2000
        case 2, 3: year + 1900
        default: year
        }
    }

    /// The zone in minutes ahead of UTC.
    private mutating func readZone() throws(MessageError) -> Int {
        guard let word = takeNext(), let first = word.utf8.first else { throw error }
        guard HeaderOctet.isLetter(first) else {
            let digits = word.utf8.dropFirst()
            guard "+-".utf8.contains(first), digits.count == 4, digits.allSatisfy(HeaderOctet.isDigit),
                let number = Int(word.dropFirst()), number % 100 < 60
            else { throw error }
            let minutes = number / 100 * 60 + number % 100
            return first == UInt8(ascii: "-") ? -minutes : minutes
        }
        guard word.utf8.allSatisfy(HeaderOctet.isLetter) else { throw error }
        return 60 * (Self.zones[word.lowercased()] ?? 0)
    }
}
