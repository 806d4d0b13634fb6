internal import COpenSSL

extension SigningKey {
    /// Most octets of a key that is read, 64 KiB.
    package static let maximumOctets = 65_536

    /// Reads PEM or DER: PKCS #8, encrypted or not, or what is usual for the kind, as PKCS #1 for RSA.
    ///
    /// - Throws: ``CryptoError`` for anything else, for a key that is neither RSA nor Ed25519, and without the
    ///   right passphrase.
    package convenience init(_ octets: Secret, passphrase: Secret? = nil) throws(CryptoError) {
        try self.init(octets, count: nil, passphrase: passphrase)
    }

    /// Reads a file of PEM or DER.
    ///
    /// - Throws: ``CryptoError`` for a file that cannot be read or has more than ``maximumOctets``, and as
    ///   ``init(_:passphrase:)``.
    package convenience init(file path: String, passphrase: Secret? = nil) throws(CryptoError) {
        guard !path.isEmpty, !path.utf8.contains(0) else {
            throw CryptoError("a file name is empty or holds a NUL")
        }
        CryptoError.clearQueue()
        // The new BIO is freed below; the path is a copy that lives through the call.
        guard let bio = unsafe BIO_new_file(path, "rb") else {
            throw CryptoError.takingQueue("the file of the private key cannot be opened")
        }
        // As above.
        defer { unsafe BIO_free(bio) }
        var count = 0
        // One octet more shows that there are too many.
        let octets = Secret(count: Self.maximumOctets + 1) { output in
            // No more is read than there is room for.
            count = unsafe output.withUnsafeMutableBytes { output in
                var filled = 0
                while filled < output.count {
                    // As above.
                    let room = unsafe UnsafeMutableRawBufferPointer(rebasing: output[filled...])
                    // As above.
                    let read = Int(unsafe BIO_read(bio, room.baseAddress, Int32(clamping: room.count)))
                    guard read > 0 else { break }
                    filled += read
                }
                return filled
            }
        }
        guard count <= Self.maximumOctets else { throw CryptoError("the private key is too long") }
        try self.init(octets, count: count, passphrase: passphrase)
    }

    /// Reads the first `count` octets, or all of them.
    private convenience init(_ octets: Secret, count: Int?, passphrase: Secret?) throws(CryptoError) {
        CryptoError.clearQueue()
        // Key and passphrase live through the calls; the readers stay within the lengths they are given.
        let pointer: OpaquePointer? = unsafe octets.withOctets { octets in
            // As above.
            unsafe octets.withUnsafeBufferPointer { octets in
                // As above.
                let octets = unsafe UnsafeBufferPointer(rebasing: octets.prefix(count ?? octets.count))
                // As above.
                return unsafe Self.read(octets, passphrase: passphrase ?? Secret(octets: []))
            }
        }
        // The reader gives a reference.
        guard let pointer = unsafe pointer else {
            throw CryptoError.takingQueue(
                passphrase == nil
                    ? "the private key cannot be read, or is encrypted and has no passphrase"
                    : "the private key cannot be read with this passphrase"
            )
        }
        // What failed before the right form was found is of no interest.
        CryptoError.clearQueue()
        // The reader gave a reference.
        try unsafe self.init(owning: pointer)
    }

    private static func read(_ octets: UnsafeBufferPointer<UInt8>, passphrase: Secret) -> OpaquePointer? {
        guard octets.count <= Self.maximumOctets else { return nil }
        // A BIO that reads the memory in place; no copy is left behind.
        let bio = unsafe BIO_new_mem_buf(octets.baseAddress, Int32(octets.count))
        // Made here.
        defer { unsafe BIO_free(bio) }
        // The passphrase lives through the calls the pointer to it is used in.
        return unsafe passphrase.withOctets { passphrase in
            // As above.
            unsafe passphrase.withUnsafeBufferPointer { passphrase in
                // As above.
                var passphrase = unsafe passphrase
                // As above.
                return unsafe withUnsafeMutablePointer(to: &passphrase) { passphrase in
                    // As above.
                    if unsafe Self.isPEM(octets) {
                        // As above.
                        return unsafe PEM_read_bio_PrivateKey(bio, nil, Self.givePassphrase, passphrase)
                    }
                    if let key = unsafe d2i_PKCS8PrivateKey_bio(bio, nil, Self.givePassphrase, passphrase) {
                        // As above.
                        return unsafe key
                    }
                    var position = octets.baseAddress
                    // As above.
                    return unsafe d2i_AutoPrivateKey(nil, &position, octets.count)
                }
            }
        }
    }

    /// Whether the octets hold PEM (RFC 7468).
    private static func isPEM(_ octets: UnsafeBufferPointer<UInt8>) -> Bool {
        let mark = Array("-----BEGIN ".utf8)
        // The subscript is checked.
        return octets.indices.contains { unsafe octets[$0...].starts(with: mark) }
    }

    /// What OpenSSL calls for the passphrase: gives it, or refuses where there is none.
    private static let givePassphrase:
        @Sendable @convention(c) (
            UnsafeMutablePointer<CChar>?, Int32, Int32, UnsafeMutableRawPointer?
        ) -> Int32 = { room, size, _, argument in
            // The argument is the buffer pointer `read` passes, and lives through its call.
            guard let room = unsafe room, let argument = unsafe argument else { return -1 }
            // As above.
            let passphrase = unsafe argument.assumingMemoryBound(to: UnsafeBufferPointer<UInt8>.self).pointee
            // As above.
            guard let start = passphrase.baseAddress, passphrase.count > 0, passphrase.count <= Int(size)
            else { return -1 }
            // As above: no more than there is room for.
            unsafe UnsafeMutableRawPointer(room).copyMemory(from: start, byteCount: passphrase.count)
            return Int32(passphrase.count)
        }
}
