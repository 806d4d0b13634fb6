import DKIM

/// Canonical bodies computed line by line, as RFC 6376 section 3.4 words it.
enum ReferenceBody {
    static func canonical(_ body: [UInt8], _ form: DKIMCanonicalization) -> [UInt8] {
        var lines = Self.lines(body)
        if form == .relaxed { lines = lines.map(Self.reduced) }
        while lines.last?.isEmpty == true { lines.removeLast() }
        if lines.isEmpty, form == .simple { lines = [[]] }
        return lines.flatMap { $0 + [0x0D, 0x0A] }
    }

    /// Lines without their ends, which are CRLF, CR or LF.
    private static func lines(_ body: [UInt8]) -> [[UInt8]] {
        var lines: [[UInt8]] = [[]]
        var previous: UInt8 = 0
        for octet in body {
            switch octet {
            case 0x0A where previous == 0x0D: break
            case 0x0D, 0x0A: lines.append([])
            default: lines[lines.count - 1].append(octet)
            }
            previous = octet
        }
        return lines
    }

    private static func reduced(_ line: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        for octet in line {
            if octet != 0x20, octet != 0x09 {
                result.append(octet)
            } else if result.last != 0x20 {
                result.append(0x20)
            }
        }
        if result.last == 0x20 { result.removeLast() }
        return result
    }
}
