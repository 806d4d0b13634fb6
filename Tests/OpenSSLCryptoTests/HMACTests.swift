import OpenSSLCrypto
import Testing

struct HMACTests {
    @Test(
        "vectors of RFC 2202 and RFC 4231",
        arguments: [
            (Digest.md5, 16, "9294727a3638bb1c13f48ef8158bfc9d"),
            (.sha1, 20, "b617318655057264e28bc0b6fb378c8ef146be00"),
            (.sha256, 20, "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"),
            (
                .sha384, 20,
                "afd03944d84895626b0825f4ab46907f15f9dadbe4101ec682aa034c7cebc59cfaea9ea9076ede7f4af152e8b2fa9cb6"
            ),
            (
                .sha512, 20,
                "87aa7cdea5ef619d4ff0b4241a1d6cb02379f4e2ce4ec2787ad0b30545e17cde"
                    + "daa833b7d6b8a702038b274eaea3f4e4be9d914eeb61f1702e696c203a126854"
            ),
        ]
    )
    func vector(digest: Digest, keyLength: Int, expected: String) throws {
        let key = Secret(octets: [UInt8](repeating: 0x0B, count: keyLength))
        let code = try HMAC.code(of: octets("Hi There"), key: key, digest: digest)
        #expect(hexadecimal(code.copy()) == expected)
    }

    @Test("an empty key and an empty message have a code")
    func empty() throws {
        let code = try HMAC.code(of: [], key: "", digest: .md5)
        #expect(hexadecimal(code.copy()) == "74e6f7298a9c2d168935f58c001bad88")
    }

    @Test("H10 octets go to OpenSSL by length: NUL ends neither key nor message")
    func nul() throws {
        let code = try HMAC.code(of: octets("a\0b"), key: "k\0l", digest: .sha256)
        #expect(try code != HMAC.code(of: octets("a"), key: "k\0l", digest: .sha256))
        #expect(try code != HMAC.code(of: octets("a\0b"), key: "k", digest: .sha256))
    }
}
