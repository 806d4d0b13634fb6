import MailAddress
import Testing

/// Random but repeatable changes to good and bad addresses.
@Suite("S-F3: mutated input")
struct MutationTests {
    /// A linear congruential generator: the same inputs on every machine and every run.
    private struct Generator: RandomNumberGenerator {
        private var state: UInt64

        init(seed: UInt64) { state = seed }

        mutating func next() -> UInt64 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return state ^ (state >> 33)
        }
    }

    private static let pieces: [[UInt8]] = [
        "@", ".", "\"", "\\", "(", ")", "<", ">", "[", "]", ":", ";", ",", " ", "\t", "\r\n ", "\r", "\n",
        "\u{0}", "\u{7F}", "\u{85}", "\u{2028}", "é", "\u{3002}", "\u{200B}", "xn--", "IPv6:", "::", "ß",
        "א", "a", "1", "-", "=?utf-8?q?=40?=",
    ].map { Array($0.utf8) }

    private static func mutated(_ input: [UInt8], with generator: inout Generator) -> [UInt8] {
        var bytes = input
        for _ in 0..<Int.random(in: 1...4, using: &generator) {
            let place = Int.random(in: 0...bytes.count, using: &generator)
            switch Int.random(in: 0..<5, using: &generator) {
            case 0:
                bytes.insert(UInt8.random(in: .min ... .max, using: &generator), at: place)
            case 1 where place < bytes.count:
                bytes.remove(at: place)
            case 2 where place < bytes.count:
                bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
            case 3:
                bytes.insert(contentsOf: bytes[place...].prefix(8), at: place)
            default:
                bytes.insert(contentsOf: pieces.randomElement(using: &generator) ?? [], at: place)
            }
        }
        return bytes
    }

    @Test(
        "S-F3: 20 000 mutants neither crash nor come back changed",
        arguments: [
            AddressListParser.Mode.strict, .lenient,
        ]
    )
    func mutants(mode: AddressListParser.Mode) throws {
        var generator = Generator(seed: 0x5EED_0F_5317)
        let seeds = AddressTable.all.map { Array($0.text.utf8) }.filter { $0.count < 300 }
        let parser = AddressListParser(mode: mode)
        var accepted = 0
        for _ in 0..<20_000 {
            let seed = try #require(seeds.randomElement(using: &generator))
            let bytes = Self.mutated(seed, with: &generator)
            let text = String(decoding: bytes, as: UTF8.self)

            if let address = try? EmailAddress(text) {
                accepted += 1
                try requireSound(address, from: text)
            }
            if let entries = try? parser.parse(bytes) {
                accepted += 1
                for mailbox in entries.flatMap(\.mailboxes) {
                    try requireSound(mailbox.address, from: text)
                }
                let list = entries.map(\.description).joined(separator: ", ")
                try #require(
                    try AddressListParser(mode: .strict).parse(list) == entries,
                    "\(text.debugDescription)"
                )
            }
        }
        #expect(accepted > 2000)
    }

    /// Asserts what holds for every accepted address, whatever it was made from.
    private func requireSound(_ address: EmailAddress, from text: String) throws {
        let comment = Comment(rawValue: text.debugDescription)
        let wire = Array(address.wireForm.utf8)
        try #require(wire.allSatisfy { $0 >= 0x20 && $0 != 0x7F }, comment)
        try #require(wire.count <= 254, comment)
        try #require(address.needsSMTPUTF8 || wire.allSatisfy { $0 < 0x80 }, comment)
        try #require(try EmailAddress(address.wireForm) == address, comment)
        try #require(try EmailAddress(address.unicodeForm) == address, comment)
        if !address.localPart.isEmpty {
            try #require(
                try EmailAddress(localPart: address.localPart, domain: address.domain) == address,
                comment
            )
        }
        let listed = try AddressListParser(mode: .strict).mailboxes(in: "<\(address.wireForm)>")
        try #require(listed == [Mailbox(address)], comment)
    }
}
