/// What the lines of a message consist of, found octet by octet; of the octets only the header is kept.
///
/// CR, LF and CRLF all end a line here, as they do for many programs; those that may not are counted.
struct LineSurvey: Sendable {
    /// The greatest length of a header line that raises no question (RFC 5322 §2.1.1).
    private static let softLimit = FieldFolder.softLimit

    /// Lines of more than 998 octets.
    private(set) var longLines = LinePlaces()
    /// Lines of the header of more than 78 octets.
    private(set) var longHeaderLines = LinePlaces()
    /// CR without LF.
    private(set) var bareCRs = LinePlaces()
    /// LF without CR.
    private(set) var bareLFs = LinePlaces()
    /// Octets of zero.
    private(set) var nuls = LinePlaces()
    /// Octets above 0x7F in the header.
    private(set) var eightBitHeader = LinePlaces()
    /// The same in the body.
    private(set) var eightBitBody = LinePlaces()
    /// Octets on the wire: every line end is two.
    private(set) var size: UInt64 = 0
    /// What the header consists of; nil before its end, and where it is too large.
    private(set) var fields: ReceivedFields?
    /// The boundary of the whole.
    private(set) var boundary = TopBoundary.none
    /// Whether a line of the body begins with the delimiter of the whole.
    private(set) var hasDelimiter = false

    /// Whether the body may have octets of any kind (RFC 3030).
    private let isBinaryBody: Bool
    private var header: [UInt8] = []
    private var isInHeader = true
    private var line = 1
    private var length = 0
    private var endsWithReturn = false
    private var delimiter: [UInt8] = []
    private var matchedLength = 0

    /// Begins with the first line of the header.
    init(isBinaryBody: Bool) {
        self.isBinaryBody = isBinaryBody
    }

    /// Looks at octets.
    mutating func append(_ piece: Span<UInt8>) {
        for index in 0..<piece.count { self.take(piece[index]) }
    }

    /// Ends the last line and, where there is no body, the header.
    mutating func finish() {
        if self.endsWithReturn { self.endBareReturn() }
        if self.length > 0 { self.endLine() }
        if self.isInHeader { self.endHeader() }
    }

    private var isLineChecked: Bool { self.isInHeader || !self.isBinaryBody }

    private mutating func take(_ octet: UInt8) {
        if self.endsWithReturn {
            guard octet != HeaderOctet.lineFeed else {
                self.endsWithReturn = false
                self.keep(octet)
                return self.endLine()
            }
            self.endBareReturn()
        }
        self.keep(octet)
        switch octet {
        case HeaderOctet.carriageReturn:
            self.endsWithReturn = true
            return
        case HeaderOctet.lineFeed:
            if self.isLineChecked { self.bareLFs.add(self.line) }
            return self.endLine()
        case 0:
            if self.isLineChecked { self.nuls.add(self.line) }
        case 0x80...:
            if self.isInHeader {
                self.eightBitHeader.add(self.line)
            } else {
                self.eightBitBody.add(self.line)
            }
        default:
            break
        }
        if self.matchedLength == self.length, self.matchedLength < self.delimiter.count,
            self.delimiter[self.matchedLength] == octet
        {
            self.matchedLength += 1
        }
        self.length += 1
        self.size += 1
    }

    /// Keeps an octet of the header; one more than is allowed, which is enough to tell.
    private mutating func keep(_ octet: UInt8) {
        if self.isInHeader, self.header.count <= ReceivedFields.maximumLength { self.header.append(octet) }
    }

    private mutating func endBareReturn() {
        self.endsWithReturn = false
        if self.isLineChecked { self.bareCRs.add(self.line) }
        self.endLine()
    }

    private mutating func endLine() {
        if self.length > FieldFolder.hardLimit, self.isLineChecked { self.longLines.add(self.line) }
        if self.isInHeader {
            if self.length > Self.softLimit { self.longHeaderLines.add(self.line) }
            if self.length == 0 { self.endHeader() }
        } else if !self.delimiter.isEmpty, self.matchedLength == self.delimiter.count {
            self.hasDelimiter = true
        }
        self.line += 1
        self.length = 0
        self.matchedLength = 0
        self.size += 2
    }

    private mutating func endHeader() {
        self.isInHeader = false
        self.fields = try? ReceivedFields(parsing: self.header)
        self.header = []
        self.boundary = self.fields.map { TopBoundary($0) } ?? .none
        if case .text(let text) = self.boundary { self.delimiter = Array("--\(text)".utf8) }
    }
}
