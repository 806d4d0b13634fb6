/// The header of a message as it goes out: fields in order, each ended by CRLF.
package struct HeaderBlock {
    /// One field.
    private struct Field {
        /// Name in lower case of ASCII.
        let name: String
        /// Octets of the value, behind the colon.
        let value: Range<Int>
        /// All octets, with the last CRLF.
        let range: Range<Int>
    }

    private let octets: [UInt8]
    /// Places of the fields with a name, in order.
    private var places: [String: [Int]] = [:]
    private var fields: [Field] = []

    /// Finds the fields.
    ///
    /// - Parameter octets: Lines, each ended by CRLF, without CR or LF elsewhere and without the empty line.
    /// - Throws: ``DKIMError`` with ``DKIMError/Reason/malformedHeader`` for a line that is no field or part of
    ///   one: verifiers disagree about what follows.
    package init(_ octets: [UInt8]) throws(DKIMError) {
        self.octets = octets
        var start = 0
        while start < octets.count {
            var end = Self.lineEnd(in: octets, from: start)
            while end < octets.count, Self.isBlank(octets[end]) { end = Self.lineEnd(in: octets, from: end) }
            let field = try Self.field(in: octets, start..<end)
            self.places[field.name, default: []].append(self.fields.count)
            self.fields.append(field)
            start = end
        }
    }

    private static func lineEnd(in octets: [UInt8], from start: Int) -> Int {
        octets[start...].firstIndex(of: 0x0A).map { $0 + 1 } ?? octets.count
    }

    private static func isBlank(_ octet: UInt8) -> Bool { octet == 0x20 || octet == 0x09 }

    private static func field(in octets: [UInt8], _ range: Range<Int>) throws(DKIMError) -> Field {
        guard let colon = octets[range].firstIndex(of: UInt8(ascii: ":")) else {
            throw DKIMError(.malformedHeader)
        }
        var nameEnd = colon
        while nameEnd > range.lowerBound, Self.isBlank(octets[nameEnd - 1]) { nameEnd -= 1 }
        let name = octets[range.lowerBound..<nameEnd]
        guard !name.isEmpty, name.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            throw DKIMError(.malformedHeader)
        }
        return Field(
            name: String(decoding: name, as: UTF8.self).lowercased(),
            value: colon + 1..<range.upperBound,
            range: range
        )
    }

    /// How many fields have a name, given in lower case.
    package func count(of name: String) -> Int {
        self.places[name]?.count ?? 0
    }

    /// What is hashed of the fields that are listed: for a name that is listed again the next one above, and
    /// nothing when there is none left (RFC 6376 section 5.4.2).
    package func hashed(_ names: [String], _ canonicalization: DKIMCanonicalization) -> [UInt8] {
        var taken: [String: Int] = [:]
        var result: [UInt8] = []
        for name in names {
            let key = name.lowercased()
            let index = taken[key, default: 0]
            taken[key] = index + 1
            guard let places = self.places[key], index < places.count else { continue }
            let field = self.fields[places[places.count - 1 - index]]
            switch canonicalization {
            case .simple: result += self.octets[field.range]
            case .relaxed: Self.appendRelaxed(name: key, value: self.octets[field.value], to: &result)
            }
        }
        return result
    }

    /// Adds a field in the form of section 3.4.2 of RFC 6376: name in lower case, unfolded, one space for each
    /// run of white space, none at either end of the value, CRLF.
    static func appendRelaxed(name: String, value: ArraySlice<UInt8>, to result: inout [UInt8]) {
        result += name.utf8
        result.append(UInt8(ascii: ":"))
        var isFirst = true
        var isSpaceDue = false
        for octet in value where octet != 0x0D && octet != 0x0A {
            if Self.isBlank(octet) {
                isSpaceDue = !isFirst
                continue
            }
            if isSpaceDue { result.append(0x20) }
            result.append(octet)
            (isFirst, isSpaceDue) = (false, false)
        }
        result += [0x0D, 0x0A]
    }
}
