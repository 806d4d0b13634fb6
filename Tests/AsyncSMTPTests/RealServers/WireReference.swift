import Foundation

/// What must be on the wire, dots not doubled; the same rules written once more, slowly and plainly.
enum WireReference {
    /// Content sent by DATA: CR, LF and CRLF become CRLF, and the last line gets one if it has none.
    static func data(_ content: some Sequence<UInt8>) -> Data {
        var result = Self.chunks(content)
        if !result.isEmpty, !result.ends(withCRLF: ()) { result += [0x0D, 0x0A] }
        return result
    }

    /// Content sent by BDAT: CR, LF and CRLF become CRLF, and nothing else.
    static func chunks(_ content: some Sequence<UInt8>) -> Data {
        var result = Data()
        var previous: UInt8 = 0
        for octet in content {
            switch octet {
            case 0x0A where previous == 0x0D: break
            case 0x0A, 0x0D: result += [0x0D, 0x0A]
            default: result.append(octet)
            }
            previous = octet
        }
        return result
    }
}

extension Data {
    fileprivate func ends(withCRLF: Void) -> Bool {
        self.suffix(2).elementsEqual([0x0D, 0x0A])
    }
}
