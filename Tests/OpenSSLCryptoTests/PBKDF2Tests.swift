import OpenSSLCrypto
import Testing

struct PBKDF2Tests {
    @Test(
        "vectors of RFC 6070, and the same with the SHA-2 family",
        arguments: [
            (Digest.sha1, 1, "0c60c80f961f0e71f3a9b524af6012062fe037a6"),
            (.sha1, 2, "ea6c014dc72d6f8ccd1ed92ace1d41f0d8de8957"),
            (.sha1, 4096, "4b007901b765489abead49d926f721d065a429c1"),
            (.sha256, 1, "120fb6cffcf8b32c43e7225256c4f837a86548c92ccc35480805987cb70be17b"),
            (.sha256, 4096, "c5e478d59288c841aa530db6845c4c8d962893a001ce4e11a4963873aa98134a"),
            (
                .sha512, 1,
                "867f70cf1ade02cff3752599a3a53dc4af34c7a669815ae5d513554e1c8cf252"
                    + "c02d470a285a0501bad999bfe943c08f050235d7d68b1da55e63f73b60a57fce"
            ),
        ]
    )
    func vector(digest: Digest, iterations: Int, expected: String) async throws {
        let key = try await PBKDF2.key(
            from: "password",
            salt: octets("salt"),
            iterations: iterations,
            byteCount: digest.byteCount,
            digest: digest
        )
        #expect(hexadecimal(key.copy()) == expected)
    }

    @Test("H10 NUL ends neither password nor salt (RFC 6070)")
    func nul() async throws {
        let key = try await PBKDF2.key(
            from: "pass\0word",
            salt: octets("sa\0lt"),
            iterations: 4096,
            byteCount: 16,
            digest: .sha1
        )
        #expect(hexadecimal(key.copy()) == "56fa6aa75548099dcc37d7f03425e0c3")
    }

    @Test(
        "numbers outside the limits are an error",
        arguments: [(0, 20), (-1, 20), (Int(Int32.max) + 1, 20), (1, 0), (1, -1), (1, 1025)]
    )
    func limits(iterations: Int, byteCount: Int) async {
        await #expect(throws: CryptoError.self) {
            try await PBKDF2.key(
                from: "password",
                salt: [1],
                iterations: iterations,
                byteCount: byteCount,
                digest: .sha1
            )
        }
    }

    @Test("a cancelled task derives nothing")
    func cancelledTask() async {
        await #expect(throws: CancellationError.self) {
            try await cancelled {
                try await PBKDF2.key(
                    from: "password",
                    salt: [1],
                    iterations: Int(Int32.max),
                    byteCount: 64,
                    digest: .sha512
                )
            }
        }
    }
}
