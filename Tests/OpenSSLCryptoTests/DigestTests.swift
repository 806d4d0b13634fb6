import OpenSSLCrypto
import Testing

struct DigestTests {
    @Test(
        "vectors of FIPS 180 and RFC 1321",
        arguments: [
            (Digest.md5, "", "d41d8cd98f00b204e9800998ecf8427e"),
            (.md5, "abc", "900150983cd24fb0d6963f7d28e17f72"),
            (.sha1, "", "da39a3ee5e6b4b0d3255bfef95601890afd80709"),
            (.sha1, "abc", "a9993e364706816aba3e25717850c26c9cd0d89d"),
            (.sha256, "abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
            (
                .sha384, "abc",
                "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed8086072ba1e7cc2358baeca134c825a7"
            ),
            (
                .sha512, "abc",
                "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
                    + "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f"
            ),
        ]
    )
    func vector(digest: Digest, text: String, expected: String) throws {
        #expect(try hexadecimal(digest.hash(octets(text))) == expected)
    }

    @Test("a hash has the length that is told", arguments: Digest.allCases)
    func length(digest: Digest) throws {
        #expect(try digest.hash([]).count == digest.byteCount)
    }
}
