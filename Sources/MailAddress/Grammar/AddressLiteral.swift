/// The grammar of what stands between the brackets of an address literal (RFC 5321 §4.1.3).
enum AddressLiteral {
    private static let ipv6Tag = Array("ipv6:".utf8)

    /// The longest text of an IPv6 address: `ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255`.
    private static let maximumIPv6Length = 45

    /// Whether `content` is an IPv4 address, `IPv6:` and an IPv6 address, or another tag and its content.
    static func isValid(_ content: ArraySlice<UInt8>) -> Bool {
        guard let colon = content.firstIndex(of: .colon) else { return isIPv4(content) }
        if content.lazy.map(\.lowercased).starts(with: ipv6Tag) {
            return isIPv6(content.dropFirst(ipv6Tag.count))
        }
        let tag = content[..<colon]
        let value = content[colon...].dropFirst()
        return tag.allSatisfy { $0.isLetterOrDigit || $0 == .hyphen }
            && tag.last?.isLetterOrDigit == true
            && !value.isEmpty
            && value.allSatisfy(\.isLiteralContent)
    }

    /// Whether `text` is four decimal numbers up to 255 without leading zeros.
    static func isIPv4(_ text: ArraySlice<UInt8>) -> Bool {
        let parts = text.split(separator: .dot, maxSplits: 4, omittingEmptySubsequences: false)
        return parts.count == 4 && parts.allSatisfy(isOctet)
    }

    private static func isOctet(_ part: ArraySlice<UInt8>) -> Bool {
        guard let first = part.first, part.count <= 3, part.allSatisfy(\.isDigit) else { return false }
        guard part.count == 1 || first != UInt8(ascii: "0") else { return false }
        return part.reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) } <= 255
    }

    /// Whether `text` is an IPv6-addr: eight groups, or at most six around one `::`, where an IPv4 address at
    /// the end counts as two groups.
    static func isIPv6(_ text: ArraySlice<UInt8>) -> Bool {
        guard text.count <= maximumIPv6Length else { return false }
        var parts = text.split(separator: .colon, omittingEmptySubsequences: false)[...]
        guard parts.count >= 3 else { return false }
        // A `::` at either end leaves two empty parts there; one of them goes, the other marks the gap.
        if parts.first?.isEmpty == true {
            parts = parts.dropFirst()
            guard parts.first?.isEmpty == true else { return false }
        }
        if parts.last?.isEmpty == true {
            parts = parts.dropLast()
            guard parts.last?.isEmpty == true else { return false }
        }
        var groups = 0
        if let last = parts.last, last.contains(.dot) {
            guard isIPv4(last) else { return false }
            groups += 2
            parts = parts.dropLast()
        }
        var gaps = 0
        for part in parts {
            if part.isEmpty {
                gaps += 1
            } else {
                guard part.count <= 4, part.allSatisfy(isHexadecimal) else { return false }
                groups += 1
            }
        }
        return gaps == 0 ? groups == 8 : gaps == 1 && groups <= 6
    }

    private static func isHexadecimal(_ byte: UInt8) -> Bool {
        byte.isDigit || (byte.lowercased >= 0x61 && byte.lowercased <= 0x66)
    }
}
