/// A reply that the server composes itself.
struct Reply: Sendable {
    /// The three digits.
    let code: Int
    /// The enhanced status code (RFC 3463), sent where ENHANCEDSTATUSCODES is offered; nil where RFC 2034
    /// wants none.
    let status: String?
    /// The text of each line; at least one line.
    let lines: [String]

    init(_ code: Int, _ status: String?, _ text: String) {
        self.init(code, status, [text])
    }

    init(_ code: Int, _ status: String?, _ lines: [String]) {
        self.code = code
        self.status = status
        self.lines = lines
    }

    /// A reply of one line that somebody else wrote, code and all; 451 where it has no code of a refusal.
    init(scripted text: String) {
        let line = String(text.unicodeScalars.map { $0.value < 0x20 ? " " : Character($0) })
        let code = line.prefix(3).utf8.count == 3 ? Int(line.prefix(3)) : nil
        if let code, (400..<600).contains(code) {
            self.init(code, nil, String(line.dropFirst(3).drop { $0 == " " || $0 == "-" }))
        } else {
            self.init(451, "4.3.0", line)
        }
    }

    /// The octets of the reply.
    func octets(withStatus: Bool) -> [UInt8] {
        let prefix = if withStatus, let status { "\(status) " } else { "" }
        var octets: [UInt8] = []
        for (index, line) in self.lines.enumerated() {
            let separator = index == self.lines.count - 1 ? " " : "-"
            octets += "\(self.code)\(separator)\(prefix)\(line)\r\n".utf8
        }
        return octets
    }
}

/// Octets of a reply as text: without the last line end, lines separated by line feeds.
func replyText(_ octets: [UInt8]) -> String {
    var octets = octets[...]
    if octets.last == .lineFeed { octets.removeLast() }
    if octets.last == .carriageReturn { octets.removeLast() }
    let lines = octets.split(separator: UInt8.lineFeed, omittingEmptySubsequences: false).map { line in
        line.last == .carriageReturn ? line.dropLast() : line
    }
    return lines.map { String(decoding: $0, as: UTF8.self) }.joined(separator: "\n")
}
