internal import COpenSSL

/// Memory of one secret: written once, overwritten when the last owner lets go.
// Nothing writes to the memory after `init`, and the pointer does not leave the class.
@safe
final class SecretOctets: @unchecked Sendable {
    private let memory: UnsafeMutableBufferPointer<UInt8>

    /// Memory of `count` octets, filled by `body`.
    init<Failure: Error>(
        count: Int,
        filledBy body: (inout MutableSpan<UInt8>) throws(Failure) -> Void
    ) throws(Failure) {
        // Freed in `deinit`, which also runs when `body` throws.
        unsafe self.memory = .allocate(capacity: count)
        // Octets need no deinitialisation.
        unsafe self.memory.initialize(repeating: 0)
        // The span does not outlive the call.
        var span = unsafe MutableSpan(_unsafeElements: self.memory)
        try body(&span)
    }

    deinit {
        // The memory has this length and is not used again.
        unsafe OPENSSL_cleanse(self.memory.baseAddress, self.memory.count)
        // Allocated in `init`, freed nowhere else.
        unsafe self.memory.deallocate()
    }

    /// Number of octets.
    var count: Int {
        // Reads no octet.
        unsafe self.memory.count
    }

    /// The octets, for the time of the call.
    func withSpan<Result, Failure: Error>(
        _ body: (Span<UInt8>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        // The span cannot leave the call, and `self` lives as long.
        let span = unsafe Span(_unsafeElements: UnsafeBufferPointer(self.memory))
        defer { withExtendedLifetime(self) {} }
        return try body(span)
    }
}
