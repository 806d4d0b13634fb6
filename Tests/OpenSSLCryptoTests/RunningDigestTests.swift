import OpenSSLCrypto
import Testing

struct RunningDigestTests {
    @Test("octets in pieces have the hash of all", arguments: Digest.allCases, [0, 1, 7, 64, 1000])
    func pieces(digest: Digest, length: Int) throws {
        let octets = (0..<1000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        var running = try RunningDigest(digest)
        for piece in [Array(octets[..<length]), [], Array(octets[length...])] {
            try running.update(piece.span)
        }
        #expect(try running.finish() == digest.hash(octets))
    }

    @Test("what is added after the end begins a new hash")
    func again() throws {
        var running = try RunningDigest(.sha256)
        let text = octets("abc")
        try running.update(text.span)
        let first = try running.finish()
        try running.update(text.span)
        #expect(try running.finish() == first)
        #expect(try running.finish() == Digest.sha256.hash([]))
    }
}
