internal import COpenSSL
internal import COpenSSLShims

extension SigningKey {
    /// The public key: DER of a SubjectPublicKeyInfo for RSA (RFC 5280 section 4.1), 32 octets for Ed25519.
    ///
    /// - Throws: ``CryptoError`` when OpenSSL refuses.
    package func publicKey() throws(CryptoError) -> [UInt8] {
        CryptoError.clearQueue()
        let result =
            switch self.kind {
            case .rsa: self.subjectPublicKeyInfo()
            case .ed25519: self.rawPublicKey()
            }
        guard let result else { throw CryptoError.takingQueue("the public key cannot be told") }
        return result
    }

    private func subjectPublicKeyInfo() -> [UInt8]? {
        // The reference keeps the key alive; nothing is written.
        let count = Int(unsafe i2d_PUBKEY(self.pointer, nil))
        guard count > 0 else { return nil }
        var result = [UInt8](repeating: 0, count: count)
        // `result` has the length that the same key was just measured at.
        let written = unsafe result.withUnsafeMutableBufferPointer { result in
            var position = result.baseAddress
            // As above.
            return Int(unsafe i2d_PUBKEY(self.pointer, &position))
        }
        return written == count ? result : nil
    }

    private func rawPublicKey() -> [UInt8]? {
        var count = 32
        var result = [UInt8](repeating: 0, count: count)
        // No more is written than `count` tells.
        guard unsafe EVP_PKEY_get_raw_public_key(self.pointer, &result, &count) == 1 else { return nil }
        return Array(result.prefix(count))
    }

    /// The private key in PEM (PKCS #8, RFC 5958), encrypted with AES-256 where there is a passphrase.
    ///
    /// - Throws: ``CryptoError`` for a passphrase that is empty or longer than 1024 octets, or when OpenSSL
    ///   refuses.
    package func pem(passphrase: Secret?) throws(CryptoError) -> Secret {
        CryptoError.clearQueue()
        // The new BIO is freed below; it overwrites its memory then.
        let bio = unsafe BIO_new(BIO_s_mem())
        // As above; freeing nil does nothing.
        defer { unsafe BIO_free(bio) }
        let isDone: Bool
        if let passphrase {
            isDone = passphrase.withOctets { passphrase in
                guard (1...1024).contains(passphrase.count) else { return false }
                // The passphrase is read within its length. The key is kept alive by its reference.
                return unsafe passphrase.withUnsafeBytes { passphrase in
                    // As above.
                    let text = unsafe passphrase.assumingMemoryBound(to: CChar.self)
                    // As above.
                    return unsafe PEM_write_bio_PKCS8PrivateKey(
                        bio,
                        self.pointer,
                        EVP_aes_256_cbc(),
                        text.baseAddress,
                        Int32(text.count),
                        nil,
                        nil
                    ) == 1
                }
            }
        } else {
            // As above.
            isDone =
                unsafe PEM_write_bio_PKCS8PrivateKey(bio, self.pointer, nil, nil, 0, nil, nil) == 1
        }
        guard isDone else { throw CryptoError.takingQueue("the private key cannot be written") }
        // As above.
        let count = unsafe shim_BIO_pending(bio)
        return try Secret(count: count) { (output) throws(CryptoError) in
            // As above: no more than there is room for.
            let read = unsafe output.withUnsafeMutableBytes { output in
                // As above.
                Int(unsafe BIO_read(bio, output.baseAddress, Int32(clamping: output.count)))
            }
            guard read == count else { throw CryptoError.takingQueue("the private key cannot be written") }
        }
    }
}
