import OpenSSLCrypto
import Testing

struct SystemRandomTests {
    @Test("H9 random octets come in the number asked for and differ")
    func differ() throws {
        let first = try SystemRandom.octets(32)
        #expect(first.count == 32)
        #expect(try first != SystemRandom.octets(32))
        #expect(try SystemRandom.octets(0).isEmpty)
    }

    @Test("H9 a number no array can have is an error", arguments: [-1, Int.min, Int.max])
    func limits(count: Int) {
        #expect(throws: CryptoError.self) { try SystemRandom.octets(count) }
    }
}
