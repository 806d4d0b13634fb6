/// One header field as another program wrote it.
struct ReceivedField: Sendable, Hashable {
    /// The name as it was spelled.
    let name: String
    /// The name in lower case.
    let key: String
    /// The value without line ends.
    var value: [UInt8]
    /// The line on which it begins, 1 for the first.
    let line: Int
    /// Whether white space stands before the colon, which only the obsolete syntax has (RFC 5322 §4.5).
    let hasSpaceBeforeColon: Bool

    /// The value without white space at its ends.
    var trimmedValue: ArraySlice<UInt8> {
        var rest = self.value[...].drop(while: HeaderOctet.isBlank)
        while let last = rest.last, HeaderOctet.isBlank(last) { rest.removeLast() }
        return rest
    }

    /// The same as text; what is not UTF-8 becomes U+FFFD.
    var text: String { String(decoding: self.trimmedValue, as: UTF8.self) }

    /// Reads the first line of a field; nil when it is none.
    init?(_ octets: ArraySlice<UInt8>, line: Int) {
        guard let colon = octets.firstIndex(of: HeaderOctet.colon) else { return nil }
        let name = octets[..<colon].prefix(while: HeaderOctet.isVisible)
        guard !name.isEmpty, octets[name.endIndex..<colon].allSatisfy(HeaderOctet.isBlank) else { return nil }
        self.name = String(decoding: name, as: UTF8.self)
        self.key = self.name.lowercased()
        self.value = Array(octets[(colon + 1)...])
        self.line = line
        self.hasSpaceBeforeColon = name.endIndex < colon
    }
}
