import OpenSSLCrypto
import Testing

struct SystemRandomTests {
    @Test("H9 random octets come in the number asked for and differ")
    func differ() throws {
        let first = try SystemRandom.octets(32)
        #expect(first.count == 32)
        #expect(try first != SystemRandom.octets(32))
    }
}
