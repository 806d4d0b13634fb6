/// Quoted-printable read octet by octet: the reference for what the encoder writes.
enum PlainQuotedPrintable {
    /// The octets; nil for a `=` without two upper-case digits or a line end behind it, and for what must not
    /// be in such text.
    static func decode(_ text: [UInt8]) -> [UInt8]? {
        var result: [UInt8] = []
        var rest = text[...]
        while let octet = rest.popFirst() {
            switch octet {
            case UInt8(ascii: "="):
                guard let first = rest.popFirst(), let second = rest.popFirst() else { return nil }
                if first == 0x0D, second == 0x0A { continue }
                guard let high = Self.value(first), let low = Self.value(second) else { return nil }
                result.append(high << 4 | low)
            case 0x09, 0x20...0x7E: result.append(octet)
            case 0x0D where rest.popFirst() == 0x0A: result += [0x0D, 0x0A]
            default: return nil
            }
        }
        return result
    }

    private static func value(_ digit: UInt8) -> UInt8? {
        Array("0123456789ABCDEF".utf8).firstIndex(of: digit).map { UInt8($0) }
    }

    /// The lines of text, without their line ends.
    static func lines(_ text: [UInt8]) -> [[UInt8]] {
        text.split(separator: 0x0A, omittingEmptySubsequences: false).map { line in
            Array(line.last == 0x0D ? line.dropLast() : line)
        }
    }

    /// Octets with every line end as CRLF.
    static func normalized(_ octets: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        for (index, octet) in octets.enumerated() {
            switch octet {
            case 0x0D: result += [0x0D, 0x0A]
            case 0x0A: result += index > 0 && octets[index - 1] == 0x0D ? [] : [0x0D, 0x0A]
            default: result.append(octet)
            }
        }
        return result
    }
}
