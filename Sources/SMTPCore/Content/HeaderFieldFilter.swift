package import NIOCore

/// Leaves header fields out of a message while it streams by; the body goes through as it is.
///
/// CR, LF and CRLF all end a line here, because all of them will once line ends are normalised: a field must
/// not slip through behind a lone CR.
package struct HeaderFieldFilter: Sendable {
    private enum State: Sendable, Hashable {
        case lineStart, name, value, body
    }

    private let names: Set<String>
    private var state = State.lineStart
    private var name: [UInt8] = []
    private var isDropping = false
    private var lastWasCR = false

    /// - Parameter names: Names of the fields to leave out, lower case.
    package init(dropping names: Set<String>) {
        self.names = names
    }

    /// Filters one piece; the result has up to two pieces, header and body.
    package mutating func filter(_ piece: ByteBuffer) -> [ByteBuffer] {
        guard self.state != .body else { return [piece] }
        if self.state == .lineStart, !self.lastWasCR, !self.isDropping,
            HeaderSection.length(in: piece) != nil,
            !Self.mayContain(anyOf: self.names, in: piece)
        {
            self.state = .body
            return [piece]
        }
        var output = ByteBufferAllocator().buffer(capacity: min(piece.readableBytes, 4096) + self.name.count)
        var rest = piece
        while self.state != .body, let byte = rest.readInteger(as: UInt8.self) {
            self.take(byte, into: &output)
        }
        return [output, rest].filter { $0.readableBytes > 0 }
    }

    /// Whether a header may have one of these fields; when not, the message need not be filtered.
    ///
    /// - Parameters:
    ///   - names: Names of fields, lower case.
    ///   - message: The whole header at least; what stands behind the first empty line is not looked at.
    package static func mayContain(anyOf names: Set<String>, in message: ByteBuffer) -> Bool {
        let names = names.map { Array($0.utf8) }
        let octets = message.readableBytesUInt8Span
        var start = 0
        while start < octets.count {
            for name in names where Self.mayBegin(octets, at: start, with: name) { return true }
            let end = OctetScanner.lineEnd(in: octets, from: start)
            guard end > start else { return false }
            start = OctetScanner.nextLine(in: octets, behind: end)
        }
        return false
    }

    /// Whether a line begins with a name, or has an octet above 0x7F in its place: there are letters outside
    /// ASCII whose lower case is within it.
    private static func mayBegin(_ octets: Span<UInt8>, at start: Int, with name: [UInt8]) -> Bool {
        for (offset, octet) in name.enumerated() {
            guard start + offset < octets.count else { return false }
            let found = octets[start + offset]
            guard found < 0x80, octet < 0x80 else { return true }
            guard OctetScanner.lowercase(found) == octet else { return false }
        }
        return true
    }

    /// What is held back at the end: the beginning of a line that had no colon.
    package mutating func finish() -> ByteBuffer {
        defer { self.name = [] }
        return ByteBuffer(bytes: self.name)
    }

    private mutating func take(_ byte: UInt8, into output: inout ByteBuffer) {
        let isSecondHalf = byte == UInt8(ascii: "\n") && self.lastWasCR
        self.lastWasCR = byte == UInt8(ascii: "\r")
        if isSecondHalf {
            self.emit(byte, into: &output)
            return
        }
        switch self.state {
        case .lineStart where Self.isLineEnd(byte):
            self.state = .body
            output.writeInteger(byte)
        case .lineStart where byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t"):
            self.state = .value
            self.emit(byte, into: &output)
        case .lineStart, .name:
            self.takeName(byte, into: &output)
        case .value:
            self.emit(byte, into: &output)
            if Self.isLineEnd(byte) { self.state = .lineStart }
        case .body:
            output.writeInteger(byte)
        }
    }

    /// Names are held back until their colon, or until they are longer than any name of interest.
    ///
    /// Blanks may stand in front of the colon (RFC 5322 section 4.5), however many: a name of interest is one
    /// without waiting for it.
    private mutating func takeName(_ byte: UInt8, into output: inout ByteBuffer) {
        self.name.append(byte)
        self.state = .name
        guard byte == UInt8(ascii: ":") || Self.isLineEnd(byte) || self.name.count > 128 else { return }
        let name = String(decoding: self.name.dropLast(), as: UTF8.self).lowercased()
            .prefix { $0 != " " && $0 != "\t" }
        self.isDropping = !Self.isLineEnd(byte) && self.names.contains(String(name))
        if !self.isDropping { output.writeBytes(self.name) }
        self.name.removeAll(keepingCapacity: true)
        self.state = Self.isLineEnd(byte) ? .lineStart : .value
    }

    private func emit(_ byte: UInt8, into output: inout ByteBuffer) {
        if !self.isDropping { output.writeInteger(byte) }
    }

    private static func isLineEnd(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "\r") || byte == UInt8(ascii: "\n")
    }
}
