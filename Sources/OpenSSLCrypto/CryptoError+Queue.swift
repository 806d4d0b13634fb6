internal import COpenSSL

extension CryptoError {
    /// Empties OpenSSL's error queue of this thread, so that what is found there later belongs to the next call.
    package static func clearQueue() {
        ERR_clear_error()
    }

    /// The failure of the call just made, with the reason OpenSSL queued for it; empties the queue.
    ///
    /// - Parameter what: What failed, in words, without any secret.
    package static func takingQueue(_ what: String) -> CryptoError {
        let code = ERR_get_error()
        ERR_clear_error()
        // The text is a constant of the library, ended by NUL, or nil.
        guard code != 0, let reason = unsafe ERR_reason_error_string(code) else { return CryptoError(what) }
        // As above.
        let text = unsafe String(cString: reason)
        return CryptoError("\(what): \(text)")
    }
}
