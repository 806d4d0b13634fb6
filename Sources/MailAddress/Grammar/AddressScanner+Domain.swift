/// Domain names and address literals.
extension AddressScanner {
    /// Moves over a domain name or an address literal.
    mutating func scanDomain() throws(AddressError) -> MailDomain {
        guard let first = current else { throw error(.missingDomain) }
        return first == .openBracket ? try scanLiteral() : try scanDomainName()
    }

    private mutating func scanDomainName() throws(AddressError) -> MailDomain {
        let start = position
        var name: [UInt8] = []
        var needsIDNA = false
        while true {
            let needsIDNAHere = try scanLabel(into: &name)
            needsIDNA = needsIDNA || needsIDNAHere
            if dialect.allowsObsoleteForms {
                try skipCommentsAndSpace()
            }
            guard current == .dot else { break }
            advance()
            name.append(.dot)
            if dialect.allowsObsoleteForms {
                try skipCommentsAndSpace()
            }
        }
        let text = String(decoding: name, as: UTF8.self)
        guard needsIDNA else {
            guard name.count <= MailDomain.maximumLength else { throw error(.domainTooLong, at: start) }
            return MailDomain(ascii: text, unicode: text, kind: .name)
        }
        guard name.count <= InternationalDomain.maximumInputLength else {
            throw error(.domainTooLong, at: start)
        }
        guard let forms = InternationalDomain(text) else { throw error(.invalidIDN, at: start) }
        guard forms.ascii.utf8.count <= MailDomain.maximumLength else {
            throw error(.domainTooLong, at: start)
        }
        return MailDomain(ascii: forms.ascii, unicode: forms.unicode, kind: .name)
    }

    /// Appends one label in lower case; answers whether only UTS-46 can tell if it is valid.
    private mutating func scanLabel(into name: inout [UInt8]) throws(AddressError) -> Bool {
        let start = position
        let nameStart = name.count
        var isASCII = true
        while let byte = current, byte.isLetterOrDigit || byte == .hyphen || !byte.isASCII {
            isASCII = isASCII && byte.isASCII
            name.append(byte.lowercased)
            advance()
        }
        let label = name[nameStart...]
        guard !label.isEmpty else {
            if current == nil { throw error(start == 0 ? .missingDomain : .invalidLabel) }
            throw error(current == .dot ? .invalidLabel : .unexpectedCharacter)
        }
        guard isASCII else { return true }
        guard InternationalDomain.isHostLabel(label) else { throw error(.invalidLabel, at: start) }
        return label.starts(with: InternationalDomain.prefix)
    }

    private mutating func scanLiteral() throws(AddressError) -> MailDomain {
        let start = position
        advance()
        while let byte = current, byte.isLiteralContent {
            advance()
        }
        let content = bytes[start..<position].dropFirst()
        try expect(.closeBracket, orThrow: .invalidLiteral)
        guard position - start <= MailDomain.maximumLength else { throw error(.domainTooLong, at: start) }
        guard AddressLiteral.isValid(content) else { throw error(.invalidLiteral, at: start) }
        let text = String(decoding: bytes[start..<position], as: UTF8.self)
        return MailDomain(ascii: text, unicode: text, kind: .addressLiteral)
    }
}
