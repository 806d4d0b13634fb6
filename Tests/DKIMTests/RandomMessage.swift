/// Messages of every shape, the same for the same numbers.
struct RandomMessage {
    private var numbers: SeededNumbers

    init(seed: UInt64) { self.numbers = SeededNumbers(seed: seed) }

    /// A number from 0 to below `count`.
    mutating func number(below count: Int) -> Int {
        Int.random(in: 0..<count, using: &self.numbers)
    }

    /// The whole message, with CRLF as line ends and an empty line behind the header.
    mutating func octets() -> [UInt8] {
        var fields = [self.field("From", value: "Joe <joe@example.org>")]
        let names = [
            "To", "Cc", "Subject", "Date", "Message-ID", "Reply-To", "In-Reply-To", "References",
            "MIME-Version",
            "Content-Type", "Content-Transfer-Encoding", "List-Unsubscribe", "List-Unsubscribe-Post",
            "Sender",
            "Received", "X-Other", "subject", "DKIM-Signature-Not", "FROM",
        ]
        for _ in 0..<self.number(below: 15) {
            let name = names[self.number(below: names.count)]
            let field = self.field(name, value: self.words(self.number(below: 12)))
            fields.insert(field, at: self.number(below: fields.count + 1))
        }
        return fields.flatMap { $0 } + [0x0D, 0x0A] + self.body()
    }

    private mutating func field(_ name: String, value: String) -> [UInt8] {
        var name = name
        if self.number(below: 6) == 0 { name = name.uppercased() }
        if self.number(below: 6) == 0 { name = name.lowercased() }
        var result = Array("\(name):".utf8)
        if self.number(below: 4) > 0 { result.append(0x20) }
        for octet in value.utf8 {
            if octet == 0x20, self.number(below: 5) == 0 { result += [0x0D, 0x0A] }
            result.append(octet == 0x20 && self.number(below: 5) == 0 ? 0x09 : octet)
        }
        if self.number(below: 8) == 0 { result += Array(" \t".utf8) }
        if self.number(below: 20) == 0 { result += Array("\r\n \t".utf8) }
        return result + [0x0D, 0x0A]
    }

    /// Words with one space or several between them.
    private mutating func words(_ count: Int) -> String {
        let words = [
            "a", "word", "=?UTF-8?Q?x?=", "<1@example.org>", "\u{e4}\u{20ac}", "x;y=z:", "1234567890",
            "\"q\"",
        ]
        return (0..<count).map { _ in
            words[self.number(below: words.count)]
                + String(repeating: " ", count: 1 + self.number(below: 3) / 2)
        }.joined()
    }

    private mutating func body() -> [UInt8] {
        switch self.number(below: 8) {
        case 0:
            return (0..<self.number(below: 5)).flatMap { _ in [0x0D, 0x0A] as [UInt8] }
        case 1:
            return (0..<self.number(below: 6)).flatMap { _ in Array(" \t\r\n".utf8) }
        case 2:
            return self.line(length: 200 + self.number(below: 3000))
        case 3:
            return (0..<self.number(below: 400)).map { _ in
                Array("aB3 \t".utf8)[self.number(below: 5)]
            } + [0x0D, 0x0A]
        case 4:
            return self.eightBit(self.number(below: 2000))
        default:
            var result: [UInt8] = []
            for _ in 0..<self.number(below: 60) {
                switch self.number(below: 6) {
                case 0: result += [0x0D, 0x0A]
                case 1: result += Array(" \t \r\n".utf8)
                case 2: result += Array((self.words(self.number(below: 20)) + "\t\r\n").utf8)
                default: result += Array((self.words(self.number(below: 20)) + ".\r\n").utf8)
                }
            }
            return result + (0..<self.number(below: 3)).flatMap { _ in [0x0D, 0x0A] as [UInt8] }
        }
    }

    private mutating func line(length: Int) -> [UInt8] {
        (0..<length).map { _ in UInt8(0x20 + self.number(below: 0x5F)) } + [0x0D, 0x0A]
    }

    /// Lines of any octets except NUL, CR and LF.
    private mutating func eightBit(_ count: Int) -> [UInt8] {
        var result: [UInt8] = []
        for _ in 0..<count {
            let octet = UInt8(1 + self.number(below: 255))
            if octet == 0x0D || octet == 0x0A { result += [0x0D, 0x0A] } else { result.append(octet) }
        }
        return result + [0x0D, 0x0A]
    }
}
