/// The text form of certificates and keys (RFC 7468).
enum PEM {
    /// A function OpenSSL asks for a passphrase: memory for it, its size, whether something is written, an argument.
    typealias PassphraseCallback =
        @Sendable @convention(c) (
            UnsafeMutablePointer<CChar>?, Int32, Int32, UnsafeMutableRawPointer?
        ) -> Int32

    /// What OpenSSL calls for a passphrase nobody has: refuses.
    static let refusePassphrase: PassphraseCallback = { _, _, _, _ in -1 }

    /// Whether the octets hold PEM.
    static func isPEM(_ octets: some RandomAccessCollection<UInt8>) -> Bool {
        let mark = "-----BEGIN ".utf8
        var start = octets.startIndex
        while let dash = octets[start...].firstIndex(of: 0x2D) {
            if octets[dash...].starts(with: mark) { return true }
            start = octets.index(after: dash)
        }
        return false
    }
}
