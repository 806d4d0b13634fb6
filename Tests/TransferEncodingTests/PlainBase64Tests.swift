import Testing
import TransferEncoding

@Suite("Base64: fast as bit by bit")
struct PlainBase64Tests {
    /// Random numbers that are the same in every run.
    private struct Generator: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            self.state = self.state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return self.state ^ self.state >> 29
        }
    }

    @Test("random octets of every length, there and back", arguments: 0..<4 as Range<UInt64>)
    func octets(seed: UInt64) {
        var generator = Generator(state: seed)
        for length in 0..<200 {
            let octets = (0..<length).map { _ in UInt8.random(in: 0...0xFF, using: &generator) }
            let text = PlainBase64.encode(octets)
            #expect(Array(Base64.encode(octets).utf8) == text)
            #expect(Base64.decode(text) == octets)
        }
    }

    @Test("S-D5.1 random text, right and wrong by a symbol", arguments: 0..<4 as Range<UInt64>)
    func text(seed: UInt64) {
        var generator = Generator(state: 100 + seed)
        for _ in 0..<2000 {
            let length = Int.random(in: 0...20, using: &generator)
            var text = PlainBase64.encode(
                (0..<length).map { _ in UInt8.random(in: 0...0xFF, using: &generator) }
            )
            for _ in 0..<Int.random(in: 0...2, using: &generator) where !text.isEmpty {
                let place = Int.random(in: 0..<text.count, using: &generator)
                switch Int.random(in: 0..<4, using: &generator) {
                case 0: text.remove(at: place)
                case 1: text.insert(UInt8(ascii: "="), at: place)
                case 2: text[place] = UInt8(ascii: "=")
                default: text[place] = UInt8.random(in: 0...0xFF, using: &generator)
                }
            }
            let isRight = Base64.decode(text) == PlainBase64.decode(text)
            #expect(isRight, "\(String(decoding: text, as: UTF8.self))")
        }
    }

    @Test("S-D5.1 every octet in the place of every symbol")
    func everyOctet() {
        let samples = ["Zm9vYmFy", "Zm9vYmE=", "Zm9vYg=="].map { Array($0.utf8) }
        for (sample, place) in samples.flatMap({ sample in sample.indices.map { (sample, $0) } }) {
            for octet in UInt8.min...UInt8.max {
                var text = sample
                text[place] = octet
                #expect(Base64.decode(text) == PlainBase64.decode(text))
            }
        }
    }
}
