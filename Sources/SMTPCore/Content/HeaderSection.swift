package import NIOCore

/// The header fields of a message: names and unfolded values, in order (RFC 5322 section 2.2).
package struct HeaderSection: Sendable {
    /// One field.
    package struct Field: Sendable, Hashable {
        /// Name, lower case.
        package let name: String
        /// Value without line ends, outer white space removed.
        package let value: String
    }

    /// The fields in order.
    package let fields: [Field]

    /// Parses the octets before the first empty line; what is no field is left out.
    ///
    /// CR, LF and CRLF all end a line, as they will on the wire.
    package init(parsing bytes: some Collection<UInt8>) {
        var fields: [Field] = []
        var name = ""
        var value: [UInt8] = []
        func flush() {
            guard !name.isEmpty else { return }
            fields.append(Field(name: name, value: Self.text(of: value)))
        }
        // One copy makes this a walk over plain memory, whatever the collection is.
        let octets = Array(bytes)
        var start = 0
        while start < octets.count {
            let end = OctetScanner.lineEnd(in: octets.span, from: start)
            let line = octets[start..<end]
            start = end + 1
            guard let first = line.first else { continue }
            if first == UInt8(ascii: " ") || first == UInt8(ascii: "\t") {
                value += line
                continue
            }
            flush()
            name = ""
            guard let colon = line.firstIndex(of: UInt8(ascii: ":")) else { continue }
            name = Self.name(of: line[..<colon])
            value = Array(line[(colon + 1)...])
        }
        flush()
        self.fields = fields
    }

    private static func name(of octets: some Collection<UInt8>) -> String {
        String(decoding: octets, as: UTF8.self).lowercased().trimmingWhitespace().description
    }

    private static func text(of value: [UInt8]) -> String {
        String(PrintableText.decode(value).trimmingWhitespace())
    }

    /// Values of all fields with this name, given in lower case.
    package func values(_ name: String) -> [String] {
        self.fields.filter { $0.name == name }.map(\.value)
    }

    /// Value of the first field with this name, given in ASCII lower case, found without looking at the others'
    /// values.
    ///
    /// What stands behind the first empty line of `message` is not looked at.
    package static func firstValue(of name: String, in message: ByteBuffer) -> String? {
        let octets = message.readableBytesUInt8Span
        let wanted = Array(name.utf8)
        var value: [UInt8]?
        var start = 0
        while start < octets.count {
            let end = OctetScanner.lineEnd(in: octets, from: start)
            guard end > start else { break }
            let isFolded = octets[start] == UInt8(ascii: " ") || octets[start] == UInt8(ascii: "\t")
            if isFolded {
                for index in start..<end where value != nil { value?.append(octets[index]) }
            } else if value != nil {
                break
            } else if let colon = Self.colon(behind: wanted, in: octets.extracting(start..<end)) {
                value = (start + colon + 1..<end).map { octets[$0] }
            }
            start = OctetScanner.nextLine(in: octets, behind: end)
        }
        return value.map { Self.text(of: $0) }
    }

    /// Place of the colon of a line if the field has this name.
    private static func colon(behind name: [UInt8], in line: Span<UInt8>) -> Int? {
        guard !name.isEmpty, line.count > name.count else { return nil }
        var index = 0
        while index < line.count, line[index] < 0x80, line[index] != UInt8(ascii: ":") {
            // A letter of ASCII is the same in all ways of comparing text.
            guard
                index < name.count
                    ? OctetScanner.lowercase(line[index]) == name[index]
                    : line[index] == UInt8(ascii: " ") || line[index] == UInt8(ascii: "\t")
            else { return nil }
            index += 1
        }
        guard index < line.count else { return nil }
        if line[index] == UInt8(ascii: ":") { return index >= name.count ? index : nil }
        // Outside ASCII there are letters whose lower case is within it.
        let octets = (0..<line.count).map { line[$0] }
        guard let colon = octets.firstIndex(of: UInt8(ascii: ":")) else { return nil }
        return Self.name(of: octets[..<colon]) == String(decoding: name, as: UTF8.self) ? colon : nil
    }

    /// Octets of `bytes` up to and with the first empty line; nil when there is none yet.
    package static func length(in bytes: ByteBuffer) -> Int? {
        let octets = bytes.readableBytesUInt8Span
        var start = 0
        while start < octets.count {
            let end = OctetScanner.lineEnd(in: octets, from: start)
            guard end < octets.count else { return nil }
            let next = OctetScanner.nextLine(in: octets, behind: end)
            if end == start { return next }
            start = next
        }
        return nil
    }
}

extension StringProtocol {
    fileprivate func trimmingWhitespace() -> SubSequence {
        let isBlank: (Character) -> Bool = { $0 == " " || $0 == "\t" }
        let head = self.drop(while: isBlank)
        guard let last = head.lastIndex(where: { !isBlank($0) }) else { return head.prefix(0) }
        return head[...last]
    }
}
