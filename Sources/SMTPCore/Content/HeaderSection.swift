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
            let text = PrintableText.decode(value)
            fields.append(Field(name: name, value: String(text.trimmingWhitespace())))
        }
        for line in bytes.split(whereSeparator: { $0 == 0x0D || $0 == 0x0A }) {
            if line.first == UInt8(ascii: " ") || line.first == UInt8(ascii: "\t") {
                value += line
                continue
            }
            flush()
            name = ""
            guard let colon = line.firstIndex(of: UInt8(ascii: ":")) else { continue }
            name =
                String(decoding: line[..<colon], as: UTF8.self).lowercased().trimmingWhitespace().description
            value = Array(line[line.index(after: colon)...])
        }
        flush()
        self.fields = fields
    }

    /// Values of all fields with this name, given in lower case.
    package func values(_ name: String) -> [String] {
        self.fields.filter { $0.name == name }.map(\.value)
    }

    /// Octets of `bytes` up to and with the first empty line; nil when there is none yet.
    package static func length(in bytes: ByteBuffer) -> Int? {
        var isLineStart = true
        var lastWasCR = false
        for (offset, byte) in bytes.readableBytesView.enumerated() {
            if byte == UInt8(ascii: "\n"), lastWasCR {
                lastWasCR = false
                continue
            }
            lastWasCR = byte == UInt8(ascii: "\r")
            let isLineEnd = lastWasCR || byte == UInt8(ascii: "\n")
            if isLineEnd, isLineStart {
                let next = bytes.getInteger(at: bytes.readerIndex + offset + 1, as: UInt8.self)
                return offset + (lastWasCR && next == UInt8(ascii: "\n") ? 2 : 1)
            }
            isLineStart = isLineEnd
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
