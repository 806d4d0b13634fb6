import SMTPCore

/// A header read line by line as text, with nothing clever: the reference for the header section.
struct PlainHeader {
    /// Octets with the first empty line; nil when there is none.
    private(set) var length: Int?
    private(set) var fields: [[String]] = []

    init(_ octets: [UInt8]) {
        let (cr, lf) = (UInt8(ascii: "\r"), UInt8(ascii: "\n"))
        var lines: [[UInt8]] = []
        var line: [UInt8] = []
        var index = 0
        while index < octets.count, self.length == nil {
            let octet = octets[index]
            index += 1
            guard octet == cr || octet == lf else {
                line.append(octet)
                continue
            }
            if octet == cr, index < octets.count, octets[index] == lf { index += 1 }
            if line.isEmpty { self.length = index }
            lines.append(line)
            line = []
        }
        for line in (lines + [line]).map({ PrintableText.decode($0) }) where !line.isEmpty {
            let isFolded = line.hasPrefix(" ") || line.hasPrefix("\t")
            if isFolded {
                if let last = self.fields.indices.last { self.fields[last][1] += line }
            } else if let colon = line.firstIndex(of: ":") {
                self.fields.append([String(line[..<colon]), String(line[line.index(after: colon)...])])
            } else {
                // What follows folded belongs to no field.
                self.fields.append(["", ""])
            }
        }
        self.fields = self.fields.map { [Self.trim($0[0].lowercased()), Self.trim($0[1])] }
            .filter { !$0[0].isEmpty }
    }

    private static func trim(_ text: String) -> String {
        var text = text[...]
        while text.first == " " || text.first == "\t" { text.removeFirst() }
        while text.last == " " || text.last == "\t" { text.removeLast() }
        return String(text)
    }
}
