internal import COpenSSL

extension CryptoError {
    /// Empties OpenSSL's error queue of this thread, so that what is found there later belongs to the next call.
    package static func clearQueue() {
        ERR_clear_error()
    }

    /// The failure of the call just made, with the first reason OpenSSL queued for it; empties the queue.
    ///
    /// - Parameter what: What failed, in words, without any secret.
    package static func takingQueue(_ what: String) -> CryptoError {
        var reason: String?
        while case let code = ERR_get_error(), code != 0 {
            // The text is a constant of the library, ended by NUL; nil for errors of the system.
            if reason == nil, let text = unsafe ERR_reason_error_string(code) {
                // As above.
                reason = unsafe String(cString: text)
            }
        }
        return CryptoError(reason.map { "\(what): \($0)" } ?? what)
    }
}
