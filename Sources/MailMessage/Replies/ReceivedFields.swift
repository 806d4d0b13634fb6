/// The header fields of a message that another program wrote, in order.
///
/// CR, LF and CRLF all end a line. What is no field is left out, and remembered by its line.
struct ReceivedFields: Sendable {
    /// The greatest length of a header in octets: it bounds the memory that a message from anybody takes.
    static let maximumLength = 1 << 20

    /// The greatest number of fields.
    static let maximumCount = 10_000

    /// The greatest number of lines that are remembered for what is wrong with them.
    private static let maximumRemembered = 200

    /// The fields.
    private(set) var fields: [ReceivedField] = []
    /// The first lines that neither are a field nor continue one.
    private(set) var strayLines: [Int] = []
    /// The first lines that continue a field with white space alone, which is obsolete (RFC 5322 §4.2).
    private(set) var blankLines: [Int] = []

    private var isFieldOpen = false

    /// Reads the octets of a message or of its header alone.
    ///
    /// - Throws: ``MessageError`` with ``MessageError/Reason/tooLarge`` for a header beyond the limits.
    init(parsing octets: some Collection<UInt8>) throws(MessageError) {
        let header = Array(octets.prefix(Self.maximumLength + 1))
        var start = header.startIndex
        var line = 1
        var hasEnd = false
        while start < header.endIndex, !hasEnd {
            let end = header[start...].firstIndex(where: Self.endsLine) ?? header.endIndex
            hasEnd = end == start
            if !hasEnd { try self.take(header[start..<end], line: line) }
            let isPair = header[end...].starts(with: [HeaderOctet.carriageReturn, HeaderOctet.lineFeed])
            start = min(end + (isPair ? 2 : 1), header.endIndex)
            line += 1
        }
        guard hasEnd || header.count <= Self.maximumLength else {
            throw MessageError(.tooLarge, detail: "a header of more than \(Self.maximumLength) octets")
        }
    }

    /// The fields of a name, given in lower case.
    func all(_ key: String) -> [ReceivedField] { self.fields.filter { $0.key == key } }

    /// The first field of a name, given in lower case.
    func first(_ key: String) -> ReceivedField? { self.fields.first { $0.key == key } }

    private mutating func take(_ octets: ArraySlice<UInt8>, line: Int) throws(MessageError) {
        if let first = octets.first, HeaderOctet.isBlank(first) {
            guard self.isFieldOpen else { return Self.remember(line, in: &self.strayLines) }
            if octets.allSatisfy(HeaderOctet.isBlank) { Self.remember(line, in: &self.blankLines) }
            self.fields[self.fields.count - 1].value += octets
            return
        }
        guard let field = ReceivedField(octets, line: line) else {
            self.isFieldOpen = false
            return Self.remember(line, in: &self.strayLines)
        }
        guard self.fields.count < Self.maximumCount else {
            throw MessageError(.tooLarge, detail: "a header of more than \(Self.maximumCount) fields")
        }
        self.isFieldOpen = true
        self.fields.append(field)
    }

    private static func remember(_ line: Int, in lines: inout [Int]) {
        if lines.count < Self.maximumRemembered { lines.append(line) }
    }

    private static func endsLine(_ octet: UInt8) -> Bool {
        octet == HeaderOctet.carriageReturn || octet == HeaderOctet.lineFeed
    }
}
