import NIOCore
import SMTPCore

/// Content as it goes out.
enum Encoded {
    /// The octets behind 354, or of all chunks together.
    static func octets(
        _ pieces: [ByteBuffer],
        _ purpose: ContentEncoder.Purpose = .data,
        rules: ContentRules = ContentRules(),
        allowsEightBit: Bool = true
    ) throws(ContentError) -> [UInt8] {
        var encoder = ContentEncoder(purpose: purpose, rules: rules, allowsEightBit: allowsEightBit)
        var result: [UInt8] = []
        for piece in pieces { result += try encoder.encode(piece).readableBytesView }
        return result + (try encoder.finish().readableBytesView)
    }

    /// The same of a text in one piece.
    static func text(
        _ text: String,
        _ purpose: ContentEncoder.Purpose = .data,
        rules: ContentRules = ContentRules()
    ) throws(ContentError) -> String {
        String(decoding: try Self.octets([ByteBuffer(string: text)], purpose, rules: rules), as: UTF8.self)
    }

    /// What the encoder must give, octet by octet and with nothing clever: the reference it is compared with.
    static func reference(_ octets: [UInt8], _ purpose: ContentEncoder.Purpose = .data) -> [UInt8] {
        let (cr, lf, dot) = (UInt8(ascii: "\r"), UInt8(ascii: "\n"), UInt8(ascii: "."))
        var normalized: [UInt8] = []
        var previous: UInt8?
        for octet in octets {
            switch octet {
            case lf where previous == cr: break
            case cr, lf: normalized += [cr, lf]
            default: normalized.append(octet)
            }
            previous = octet
        }
        guard purpose == .data else { return normalized }
        if !normalized.isEmpty, normalized.last != lf { normalized += [cr, lf] }
        var stuffed: [UInt8] = []
        for octet in normalized {
            if octet == dot, stuffed.isEmpty || stuffed.last == lf { stuffed.append(dot) }
            stuffed.append(octet)
        }
        return stuffed + [dot, cr, lf]
    }
}

/// A server that takes DATA: what it stores, and what it takes for commands afterwards.
struct DataReceiver {
    /// The stored content; nil when the end was not seen.
    private(set) var content: [UInt8]?
    private(set) var rest: [UInt8] = []

    /// - Parameter lineEnds: What this server takes for a line end; anything but CRLF is wrong, and common.
    init(_ wire: [UInt8], lineEnds: [[UInt8]]) {
        var lines: [UInt8] = []
        var index = 0
        var lineStart = 0
        while index < wire.count {
            guard let end = lineEnds.first(where: { wire[index...].starts(with: $0) }) else {
                index += 1
                continue
            }
            let line = wire[lineStart..<index]
            index += end.count
            lineStart = index
            if line.elementsEqual([UInt8(ascii: ".")]) {
                self.content = lines
                self.rest = Array(wire[index...])
                return
            }
            lines += (line.first == UInt8(ascii: ".") ? line.dropFirst() : line) + [0x0D, 0x0A]
        }
    }
}
