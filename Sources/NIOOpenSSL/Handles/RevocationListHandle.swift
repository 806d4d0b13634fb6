internal import COpenSSL

/// One reference to an `X509_CRL`.
@safe
final class RevocationListHandle {
    // One reference is owned: taken over in init, given back in deinit.
    let pointer: OpaquePointer

    /// Takes over a reference.
    init(owning pointer: OpaquePointer) {
        // The caller gives its reference away.
        unsafe self.pointer = pointer
    }

    deinit {
        // The reference taken in init.
        unsafe X509_CRL_free(self.pointer)
    }

    /// Reads every list of a PEM text, or one of DER.
    static func read(_ octets: [UInt8]) throws(TLSError) -> [RevocationListHandle] {
        let bio = try MemoryBIO(octets)
        OpenSSLFailure.forget()
        guard PEM.isPEM(octets) else {
            // The reader gives a reference.
            guard let pointer = unsafe d2i_X509_CRL_bio(bio.pointer, nil) else {
                throw .invalidConfiguration("no revocation list could be read", OpenSSLFailure.take())
            }
            // As above.
            return [unsafe RevocationListHandle(owning: pointer)]
        }
        var lists: [RevocationListHandle] = []
        while true {
            OpenSSLFailure.forget()
            // As above; the callback refuses encrypted text instead of asking on the terminal.
            let pointer = unsafe PEM_read_bio_X509_CRL(bio.pointer, nil, PEM.refusePassphrase, nil)
            // As above.
            guard let pointer = unsafe pointer else {
                let failures = OpenSSLFailure.take()
                let atEnd = failures.last.map {
                    $0.library == ERR_LIB_PEM && $0.reason == PEM_R_NO_START_LINE
                }
                guard atEnd == true, !lists.isEmpty else {
                    throw .invalidConfiguration("no revocation list could be read", failures)
                }
                return lists
            }
            // As above.
            lists.append(unsafe RevocationListHandle(owning: pointer))
        }
    }
}
