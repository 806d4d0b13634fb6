import NIOCore
import SMTPCore
import Testing

@Suite("Content: headers many octets at a time, as line by line")
struct PlainHeaderTests {
    private static let parts = [
        "To", "to", "Bcc", "bcc", "Resent-Bcc", "Bc", ":", ":", ": ", " ", "\t", "x", "ü", "\u{212A}", "k",
        "\r", "\n", "\r\n", "\r\n", "\r\n", "\r\n ", "\r\n\r\n", "\u{1}",
        "a value that is longer than one block of octets: ",
    ]

    private static func messages(seed: UInt64) -> [[UInt8]] {
        var generator = SplitMix64(seed: seed)
        return (0..<1000).map { _ in
            let count = Int.random(in: 0...20, using: &generator)
            let parts = (0..<count).map { _ in Self.parts.randomElement(using: &generator) ?? "" }
            return Array(parts.joined().utf8)
        }
    }

    @Test(
        "R5322-2.3-1 fields, single values and the end of random headers",
        arguments: 30..<34 as Range<UInt64>
    )
    func section(seed: UInt64) {
        for message in Self.messages(seed: seed) {
            let plain = PlainHeader(message)
            let buffer = ByteBuffer(bytes: message)
            let section = HeaderSection(parsing: message.prefix(plain.length ?? .max))
            let text = String(decoding: message, as: UTF8.self).debugDescription
            #expect(HeaderSection.length(in: buffer) == plain.length, "\(text)")
            #expect(section.fields.map { [$0.name, $0.value] } == plain.fields, "\(text)")
            for name in ["to", "bcc", "k", "x", "resent-bcc", ""] {
                let value = plain.fields.first { $0[0] == name }?[1]
                #expect(HeaderSection.firstValue(of: name, in: buffer) == value, "\(name) in \(text)")
            }
        }
    }

    @Test("S-B8 B8.1 a header is filtered whole as octet by octet", arguments: 40..<44 as Range<UInt64>)
    func filter(seed: UInt64) {
        for names in [["bcc", "resent-bcc"], ["k"], ["x", "to"]] as [Set<String>] {
            for message in Self.messages(seed: seed) {
                let expected = Self.filter(message.map { ByteBuffer(bytes: [$0]) }, dropping: names)
                let whole = ByteBuffer(bytes: message)
                let text = String(decoding: message, as: UTF8.self).debugDescription
                #expect(Self.filter([whole], dropping: names) == expected, "\(text)")
                if !HeaderFieldFilter.mayContain(anyOf: names, in: whole) {
                    #expect(expected == message, "\(text)")
                }
            }
        }
    }

    private static func filter(_ pieces: [ByteBuffer], dropping names: Set<String>) -> [UInt8] {
        var filter = HeaderFieldFilter(dropping: names)
        return pieces.flatMap { filter.filter($0) }.flatMap(\.octets) + filter.finish().octets
    }

    static let candidates: [(message: String, mayContain: Bool)] = [
        ("", false), ("To: a\r\n\r\nBcc: b", false), ("To: a\r\nBCC: b\r\n\r\n", true), ("bcc", true),
        ("To: a\rbcc:", true), ("To: a\nResent-bcc \t:", true), ("X-Bcc: a\r\n bcc: b\r\n", false),
        ("\nbcc: a", false), ("bc\u{E7}", true),
    ]

    @Test("S-B8 a header without any of the names need not be filtered", arguments: candidates)
    func mayContain(message: String, mayContain: Bool) {
        let names: Set<String> = ["bcc", "resent-bcc"]
        let buffer = ByteBuffer(string: message)
        #expect(HeaderFieldFilter.mayContain(anyOf: names, in: buffer) == mayContain)
    }

    @Test("S-B8 a piece with a whole header that has none of the names is not copied")
    func isNotCopied() {
        var filter = HeaderFieldFilter(dropping: ["bcc"])
        let piece = ByteBuffer.sliceOfLargeStorage(Array("To: a\r\n\r\nbody".utf8))
        #expect(filter.filter(piece).map(\.storageCapacity) == [piece.storageCapacity])
    }
}
