internal import COpenSSL

/// One reference to an `SSL_SESSION`.
// OpenSSL counts references atomically, and a session here is only handed to one connection at a time.
@safe
final class SessionHandle: @unchecked Sendable {
    // One reference is owned: taken over in init, given back in deinit.
    let pointer: OpaquePointer

    /// Takes over a reference.
    init(owning pointer: OpaquePointer) {
        // The caller gives its reference away.
        unsafe self.pointer = pointer
    }

    deinit {
        // The reference taken in init.
        unsafe SSL_SESSION_free(self.pointer)
    }

    /// Whether it may be used for another connection.
    var isResumable: Bool {
        // The reference keeps it alive.
        unsafe SSL_SESSION_is_resumable(self.pointer) == 1
    }
}
