/// The walk over one address list: entries, names, groups and routes, on top of ``AddressScanner``.
struct AddressListReader {
    /// What may come next at the level of the list.
    private enum Expectation {
        /// An entry or the end: the beginning of a list or of a group.
        case entryOrEnd
        /// An entry: a comma was read.
        case entry
        /// A comma or the end: an entry was read.
        case separator
    }

    private struct OpenGroup {
        let name: String
        let start: Int
        var members: [Mailbox] = []
    }

    private var scanner: AddressScanner
    private let maximumEntries: Int
    private var entryCount = 0
    private var entries: [AddressListEntry] = []
    private var openGroup: OpenGroup?
    private var expectation = Expectation.entryOrEnd

    init(_ scanner: AddressScanner, maximumEntries: Int) {
        self.scanner = scanner
        self.maximumEntries = maximumEntries
    }

    /// The number of bytes walked over.
    var steps: Int { scanner.steps }

    private var allowsObsoleteForms: Bool { scanner.dialect.allowsObsoleteForms }

    /// Reads the whole input.
    mutating func readList() throws(AddressError) -> [AddressListEntry] {
        try scanner.skipCommentsAndSpace()
        while let byte = scanner.current {
            switch byte {
            case .comma:
                guard expectation == .separator || allowsObsoleteForms else {
                    throw scanner.error(.missingAddress)
                }
                scanner.advance()
                expectation = .entry
            case .semicolon:
                try closeGroup()
            default:
                guard expectation != .separator else { throw scanner.error(.trailingText) }
                try readEntry()
            }
            try scanner.skipCommentsAndSpace()
        }
        if let openGroup { throw scanner.error(.unterminatedGroup, at: openGroup.start) }
        guard !entries.isEmpty else { throw scanner.error(.empty) }
        guard expectation != .entry || allowsObsoleteForms else { throw scanner.error(.missingAddress) }
        return entries
    }

    private mutating func closeGroup() throws(AddressError) {
        guard let group = openGroup else { throw scanner.error(.unexpectedCharacter) }
        guard expectation != .entry || allowsObsoleteForms else { throw scanner.error(.missingAddress) }
        scanner.advance()
        entries.append(.group(AddressGroup(uncheckedName: group.name, members: group.members)))
        openGroup = nil
        expectation = .separator
    }

    /// Reads a mailbox, or the beginning of a group.
    ///
    /// Whether the first words are a name or a local part shows only at the `<`, `:` or `@` behind them. At
    /// an `@` the words are read once more by the rules for local parts: each byte is read twice at most.
    private mutating func readEntry() throws(AddressError) {
        guard entryCount < maximumEntries else { throw scanner.error(.tooManyEntries) }
        entryCount += 1
        let start = scanner.position
        let phrase = try readPhrase()
        switch scanner.current {
        case .at:
            scanner.rewind(to: start)
            append(Mailbox(try scanner.scanAddress()))
        case .openAngle:
            try requireName(phrase)
            append(Mailbox(uncheckedName: phrase.name, address: try readAngleAddress()))
        case .colon:
            try requireName(phrase)
            guard phrase.hasWords else { throw scanner.error(.unexpectedCharacter) }
            guard openGroup == nil else { throw scanner.error(.nestedGroup) }
            scanner.advance()
            openGroup = OpenGroup(name: phrase.name, start: start)
            expectation = .entryOrEnd
        case nil, .comma, .semicolon:
            throw scanner.error(.missingDomain)
        default:
            throw scanner.error(.unexpectedCharacter)
        }
    }

    private mutating func append(_ mailbox: Mailbox) {
        if openGroup == nil {
            entries.append(.mailbox(mailbox))
        } else {
            openGroup?.members.append(mailbox)
        }
        expectation = .separator
    }

    /// Reads words and dots up to something else.
    ///
    /// White space and comments between words become one space.
    private mutating func readPhrase() throws(AddressError) -> AddressPhrase {
        var phrase = AddressPhrase()
        var text: [UInt8] = []
        while true {
            let hasGap = try scanner.skipCommentsAndSpace()
            guard let byte = scanner.current, byte == .quote || byte == .dot || byte.isAtomText else { break }
            if hasGap && !text.isEmpty {
                text.append(.space)
            }
            if byte == .quote {
                try scanner.scanQuotedString(into: &text, isFoldable: true)
                phrase.hasWords = true
            } else if byte == .dot {
                phrase.firstDot = phrase.firstDot ?? scanner.position
                phrase.startsWithDot = phrase.startsWithDot || !phrase.hasWords
                text.append(.dot)
                scanner.advance()
            } else {
                try scanner.scanAtom(into: &text)
                phrase.hasWords = true
            }
        }
        phrase.name = String(decoding: text, as: UTF8.self)
        return phrase
    }

    /// Throws when the phrase has dots where they are not allowed: a dot in a name is an obsolete form, and
    /// even there it is never the first.
    private func requireName(_ phrase: AddressPhrase) throws(AddressError) {
        guard let dot = phrase.firstDot else { return }
        guard allowsObsoleteForms, !phrase.startsWithDot else {
            throw scanner.error(.unexpectedCharacter, at: dot)
        }
    }

    private mutating func readAngleAddress() throws(AddressError) -> EmailAddress {
        let start = scanner.position
        scanner.advance()
        try scanner.skipCommentsAndSpace()
        if allowsObsoleteForms {
            try skipRoute()
        }
        let address = try scanner.scanAddress()
        try scanner.skipCommentsAndSpace()
        guard let byte = scanner.current else { throw scanner.error(.unterminatedAngleAddress, at: start) }
        guard byte == .closeAngle else { throw scanner.error(.trailingText) }
        scanner.advance()
        return address
    }

    /// Moves over an obsolete route, `@a,@b:`, which RFC 5322 §4.4 says to ignore.
    private mutating func skipRoute() throws(AddressError) {
        guard scanner.current == .at || scanner.current == .comma else { return }
        var hasDomain = false
        while let byte = scanner.current, byte != .colon {
            switch byte {
            case .comma:
                scanner.advance()
            case .at:
                scanner.advance()
                try scanner.skipCommentsAndSpace()
                _ = try scanner.scanDomain()
                hasDomain = true
            default:
                throw scanner.error(.unexpectedCharacter)
            }
            try scanner.skipCommentsAndSpace()
        }
        guard hasDomain else { throw scanner.error(.missingDomain) }
        try scanner.expect(.colon, orThrow: .missingLocalPart)
        try scanner.skipCommentsAndSpace()
    }
}
