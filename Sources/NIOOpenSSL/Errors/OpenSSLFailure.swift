internal import COpenSSL
internal import COpenSSLShims

/// One entry of OpenSSL's error queue.
struct OpenSSLFailure: Sendable, Hashable {
    /// The part of the library (`ERR_LIB_…`).
    let library: Int32
    /// The reason within that part.
    let reason: Int32
    /// What OpenSSL says.
    let text: String

    /// Whether it comes from libssl.
    var isSSL: Bool { self.library == ERR_LIB_SSL }

    /// Forgets what earlier calls on this thread left behind: due before every call whose failure is looked at.
    static func forget() {
        ERR_clear_error()
    }

    /// Takes the errors of the call just made, oldest first.
    ///
    /// The queue belongs to the thread; no other call may come between.
    static func take() -> [OpenSSLFailure] {
        var failures: [OpenSSLFailure] = []
        // OpenSSL's own queue holds 16 entries.
        while failures.count < 16 {
            let code = ERR_get_error()
            guard code != 0 else { break }
            // The reason is a constant of the library, or nil.
            let reason = unsafe ERR_reason_error_string(code)
            // As above.
            let text = unsafe reason.map { unsafe String(cString: $0) } ?? "error \(String(code, radix: 16))"
            failures.append(
                OpenSSLFailure(
                    library: shim_ERR_GET_LIB(code),
                    reason: shim_ERR_GET_REASON(code),
                    text: text
                )
            )
        }
        ERR_clear_error()
        return failures
    }

    /// The texts in one; nil when there are none.
    static func text(of failures: [OpenSSLFailure]) -> String? {
        failures.isEmpty ? nil : failures.map(\.text).joined(separator: "; ")
    }
}
