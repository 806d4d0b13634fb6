internal import COpenSSL

/// Comparison whose time does not tell where two values differ.
package enum ConstantTime {
    /// Whether two arrays are equal; only their lengths show in the time it takes.
    package static func areEqual(_ first: [UInt8], _ second: [UInt8]) -> Bool {
        self.areEqual(first.span, second.span)
    }

    /// Whether two runs of octets are equal; only their lengths show in the time it takes.
    package static func areEqual(_ first: Span<UInt8>, _ second: Span<UInt8>) -> Bool {
        guard first.count == second.count else { return false }
        guard !first.isEmpty else { return true }
        // Both have the length handed over.
        return unsafe first.withUnsafeBufferPointer { first in
            // As above.
            unsafe second.withUnsafeBufferPointer { second in
                // As above.
                unsafe CRYPTO_memcmp(first.baseAddress, second.baseAddress, first.count) == 0
            }
        }
    }
}
