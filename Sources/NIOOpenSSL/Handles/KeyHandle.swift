internal import COpenSSL
internal import OpenSSLCrypto

/// One reference to a private key, an `EVP_PKEY`.
@safe
final class KeyHandle {
    // One reference is owned: taken over in init, given back in deinit.
    let pointer: OpaquePointer

    /// Takes over a reference.
    init(owning pointer: OpaquePointer) {
        // The caller gives its reference away.
        unsafe self.pointer = pointer
    }

    /// Reads PEM or DER, encrypted or not.
    convenience init(_ octets: Secret, passphrase: Secret?) throws(TLSError) {
        OpenSSLFailure.forget()
        // Key and passphrase live through the calls; the readers stay within the lengths they are given.
        let pointer: OpaquePointer? = unsafe octets.withOctets { octets in
            // As above.
            unsafe octets.withUnsafeBufferPointer { octets in
                // As above.
                unsafe Self.read(octets, passphrase: passphrase ?? Secret(octets: []))
            }
        }
        // As above.
        guard let pointer = unsafe pointer else {
            throw .invalidConfiguration(
                passphrase == nil
                    ? "the private key cannot be read, or is encrypted and has no passphrase"
                    : "the private key cannot be read with this passphrase",
                OpenSSLFailure.take()
            )
        }
        OpenSSLFailure.forget()
        // The reader gave a reference.
        unsafe self.init(owning: pointer)
    }

    deinit {
        // The reference taken in init.
        unsafe EVP_PKEY_free(self.pointer)
    }

    private static func read(_ octets: UnsafeBufferPointer<UInt8>, passphrase: Secret) -> OpaquePointer? {
        // A BIO that reads the memory in place; no copy is left behind.
        let bio = unsafe BIO_new_mem_buf(octets.baseAddress, Int32(clamping: octets.count))
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
                    if unsafe PEM.isPEM(octets) {
                        // As above.
                        return unsafe PEM_read_bio_PrivateKey(bio, nil, Self.givePassphrase, passphrase)
                    }
                    // As above.
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

    private static let givePassphrase: PEM.PassphraseCallback = { room, size, _, argument in
        // The argument is the buffer pointer init(_:passphrase:) passes, and lives through its call.
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
