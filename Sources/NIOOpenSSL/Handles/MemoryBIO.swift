internal import COpenSSL
internal import COpenSSLShims

/// A BIO in memory, or one that reads a file: for reading and writing PEM and text.
@safe
final class MemoryBIO {
    // Freed in deinit alone; nobody keeps the pointer longer than the object.
    let pointer: OpaquePointer

    /// An empty BIO, or one that holds the octets.
    init(_ octets: [UInt8] = []) throws(TLSError) {
        OpenSSLFailure.forget()
        // The new BIO belongs to this object.
        guard let pointer = unsafe BIO_new(BIO_s_mem()) else {
            throw .invalidConfiguration("no memory", OpenSSLFailure.take())
        }
        // As above.
        unsafe self.pointer = pointer
        guard !octets.isEmpty else { return }
        // The octets are copied before the call returns.
        let written = unsafe octets.withUnsafeBytes { bytes in
            // As above.
            unsafe BIO_write(pointer, bytes.baseAddress, Int32(clamping: bytes.count))
        }
        guard Int(written) == octets.count else {
            throw .invalidConfiguration("no memory", OpenSSLFailure.take())
        }
    }

    /// A BIO that reads a file.
    init(file path: String) throws(TLSError) {
        guard !path.utf8.contains(0), !path.isEmpty else {
            throw .invalidConfiguration("a file name is empty or holds a NUL")
        }
        OpenSSLFailure.forget()
        // The new BIO belongs to this object.
        guard let pointer = unsafe BIO_new_file(path, "rb") else {
            throw .invalidConfiguration(
                "the file \(PeerText.escape(path)) cannot be opened",
                OpenSSLFailure.take()
            )
        }
        // As above.
        unsafe self.pointer = pointer
    }

    deinit {
        // The last use.
        unsafe BIO_free_all(self.pointer)
    }

    /// Everything that can be read, or nil when it is more than `limit` octets.
    func contents(limit: Int = 16 << 20) -> [UInt8]? {
        var octets: [UInt8] = []
        while octets.count <= limit {
            // The buffer has room for what is asked for.
            let piece = unsafe [UInt8](unsafeUninitializedCapacity: 16_384) { buffer, filled in
                // As above.
                filled = max(0, Int(unsafe BIO_read(self.pointer, buffer.baseAddress, Int32(buffer.count))))
            }
            if piece.isEmpty { return octets }
            octets += piece
        }
        return nil
    }
}
