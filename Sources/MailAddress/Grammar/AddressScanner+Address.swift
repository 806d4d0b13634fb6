/// Local part and addr-spec.
extension AddressScanner {
    /// Moves over `local-part "@" domain`.
    mutating func scanAddress() throws(AddressError) -> EmailAddress {
        let start = position
        let localPart = try scanLocalPart()
        try expect(.at, orThrow: .missingDomain)
        if dialect.allowsObsoleteForms {
            try skipCommentsAndSpace()
        }
        let domain = try scanDomain()
        let address = EmailAddress(localPart, at: domain)
        guard address.wireForm.utf8.count + 2 <= EmailAddress.maximumPathLength else {
            throw error(.pathTooLong, at: start)
        }
        return address
    }

    /// Moves over a dot-string or a quoted string.
    ///
    /// In the obsolete grammar it may be any mix of both, with comments and space around the dots and before
    /// the `@`.
    mutating func scanLocalPart() throws(AddressError) -> LocalPart {
        let start = position
        var text: [UInt8] = []
        if current == .at { throw error(.missingLocalPart) }
        while true {
            let isQuoted = current == .quote
            if isQuoted {
                try scanQuotedString(into: &text, isFoldable: false)
            } else if current == nil {
                throw error(.missingDomain)
            } else {
                try scanAtom(into: &text)
            }
            if dialect.allowsObsoleteForms {
                try skipCommentsAndSpace()
            }
            guard current == .dot, !isQuoted || dialect.allowsObsoleteForms else { break }
            text.append(.dot)
            advance()
            if dialect.allowsObsoleteForms {
                try skipCommentsAndSpace()
            } else if current == .quote {
                throw error(.unexpectedCharacter)
            }
        }
        let localPart = LocalPart(semantic: text)
        guard localPart.wire.utf8.count <= EmailAddress.maximumLocalPartLength else {
            throw error(.localPartTooLong, at: start)
        }
        return localPart
    }
}

extension AddressScanner {
    /// The longest text that is looked at, in bytes.
    ///
    /// No address comes near it, even with every character escaped and every label in its longest form.
    /// Anything longer is refused unread, so that a huge text costs nothing.
    static let maximumEnvelopeLength = 2048

    /// A scanner over a single address, local part or domain.
    init(envelope text: String) throws(AddressError) {
        let bytes = Array(text.utf8.prefix(Self.maximumEnvelopeLength + 1))
        self.init(bytes, dialect: .envelope)
        guard bytes.count <= Self.maximumEnvelopeLength else {
            throw AddressError(
                .inputTooLong,
                position: Self.maximumEnvelopeLength,
                byte: bytes.last,
                input: text
            )
        }
    }
}
