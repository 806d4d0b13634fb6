/// Makes every line end CRLF: a lone CR or LF counts as one (RFC 2046 section 4.1.1).
struct LineEndNormalizer: Sendable {
    /// Whether the octet before was a CR, whose CRLF is written already.
    private var endsWithReturn = false

    /// Appends octets to `output`, line ends made CRLF.
    mutating func normalize(_ octets: Span<UInt8>, into output: inout [UInt8]) {
        var start = 0
        for index in 0..<octets.count {
            let octet = octets[index]
            guard octet == 0x0D || octet == 0x0A else {
                self.endsWithReturn = false
                continue
            }
            Self.copy(octets.extracting(start..<index), into: &output)
            start = index + 1
            if octet == 0x0D || !self.endsWithReturn { output += [0x0D, 0x0A] }
            self.endsWithReturn = octet == 0x0D
        }
        Self.copy(octets.extracting(start..<octets.count), into: &output)
    }

    private static func copy(_ octets: Span<UInt8>, into output: inout [UInt8]) {
        output.append(addingCapacity: octets.count) { space in
            for index in 0..<octets.count { space.append(octets[index]) }
        }
    }
}
