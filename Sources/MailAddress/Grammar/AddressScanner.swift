/// The one reader of addresses: envelope and header parsers share its words, local parts and domains.
///
/// It walks over bytes from left to right without recursion. Every method either moves forward over what its
/// name says or throws; ``steps`` counts the moves, so that a test can tell linear work from quadratic.
struct AddressScanner {
    let bytes: [UInt8]
    let dialect: AddressDialect
    private let maximumCommentDepth: Int
    private(set) var position = 0
    private(set) var steps = 0

    init(_ bytes: [UInt8], dialect: AddressDialect, maximumCommentDepth: Int = 0) {
        self.bytes = bytes
        self.dialect = dialect
        self.maximumCommentDepth = maximumCommentDepth
    }

    /// The next byte, or nil at the end.
    var current: UInt8? {
        position < bytes.count ? bytes[position] : nil
    }

    /// Moves over one byte; stays where it is at the end.
    mutating func advance() {
        guard position < bytes.count else { return }
        position += 1
        steps += 1
    }

    /// Goes back to a place that was passed before.
    mutating func rewind(to earlier: Int) {
        position = min(earlier, position)
    }

    /// The error for a fault at `place`, or at the next byte.
    func error(_ reason: AddressError.Reason, at place: Int? = nil) -> AddressError {
        let place = place ?? position
        return AddressError(
            reason,
            position: place,
            byte: bytes.indices.contains(place) ? bytes[place] : nil,
            input: String(decoding: bytes, as: UTF8.self)
        )
    }

    /// Throws when the input is empty or holds a character that no envelope address may have.
    func requirePlainText() throws(AddressError) {
        guard !bytes.isEmpty else { throw error(.empty) }
        if let index = ForbiddenCharacters.firstIndex(in: bytes) {
            throw error(.controlCharacter, at: index)
        }
    }

    /// Throws when a header value holds a control character, or a line break that is no fold.
    func requireHeaderText() throws(AddressError) {
        let forbidden = ForbiddenCharacters.firstIndex(in: bytes) { byte in
            byte == .tab || byte == .carriageReturn || byte == .lineFeed
        }
        if let forbidden {
            throw error(.controlCharacter, at: forbidden)
        }
        let isStrict = !dialect.allowsObsoleteForms
        if let index = ForbiddenCharacters.firstBadFold(in: bytes, isStrict: isStrict) {
            throw error(.controlCharacter, at: index)
        }
    }

    /// Throws unless everything was read.
    func requireEnd() throws(AddressError) {
        guard position == bytes.count else { throw error(.trailingText) }
    }

    /// Moves over one given byte.
    mutating func expect(_ byte: UInt8, orThrow reason: AddressError.Reason) throws(AddressError) {
        guard let current else { throw error(reason) }
        guard current == byte else { throw error(.unexpectedCharacter) }
        advance()
    }

    /// Moves over comments and folding white space (RFC 5322 §3.2.2); answers whether there were any.
    ///
    /// Line breaks were checked by ``requireHeaderText()`` and are white space here.
    @discardableResult
    mutating func skipCommentsAndSpace() throws(AddressError) -> Bool {
        let start = position
        while let byte = current {
            switch byte {
            case .space, .tab, .carriageReturn, .lineFeed:
                advance()
            case .openParenthesis:
                try skipComment()
            default:
                return position > start
            }
        }
        return position > start
    }

    private mutating func skipComment() throws(AddressError) {
        let start = position
        var depth = 0
        while let byte = current {
            switch byte {
            case .openParenthesis:
                guard depth < maximumCommentDepth else { throw error(.tooDeep) }
                depth += 1
                advance()
            case .closeParenthesis:
                depth -= 1
                advance()
                if depth == 0 { return }
            case .backslash:
                advance()
                try advanceOverQuoted(orThrow: .unterminatedComment, from: start)
            default:
                advance()
            }
        }
        throw error(.unterminatedComment, at: start)
    }

    /// Moves over one or more atom characters and appends them to `text`.
    mutating func scanAtom(into text: inout [UInt8]) throws(AddressError) {
        guard let first = current, first.isAtomText else { throw error(.unexpectedCharacter) }
        while let byte = current, byte.isAtomText {
            text.append(byte)
            advance()
        }
    }

    /// Moves over a quoted string and appends what it means to `text`.
    ///
    /// - Parameter isFoldable: Whether tabs and folds are allowed. They mean a space; in a local part they
    ///   could not be written to the wire, and to change them would change the recipient.
    mutating func scanQuotedString(into text: inout [UInt8], isFoldable: Bool) throws(AddressError) {
        let start = position
        try expect(.quote, orThrow: .unexpectedCharacter)
        while let byte = current {
            switch byte {
            case .quote:
                advance()
                return
            case .backslash:
                advance()
                text.append(try advanceOverQuoted(orThrow: .unterminatedQuotedString, from: start))
            case .tab, .carriageReturn, .lineFeed:
                guard isFoldable else { throw error(.controlCharacter) }
                if byte == .tab {
                    text.append(.space)
                }
                advance()
            default:
                text.append(byte)
                advance()
            }
        }
        throw error(.unterminatedQuotedString, at: start)
    }

    @discardableResult
    private mutating func advanceOverQuoted(
        orThrow reason: AddressError.Reason,
        from start: Int
    ) throws(AddressError) -> UInt8 {
        guard let byte = current else { throw error(reason, at: start) }
        guard byte.isQuotable else {
            throw error(byte.isControl ? .controlCharacter : .unexpectedCharacter)
        }
        advance()
        return byte
    }
}
