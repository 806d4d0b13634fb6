import COpenSSL
import Foundation
import Synchronization

/// Counts the blocks of memory that OpenSSL holds.
enum OpenSSLBlocks {
    private static let held = Atomic<Int>(0)

    static var count: Int { self.held.load(ordering: .relaxed) }

    /// Begins to count; nothing may have used OpenSSL before.
    static func count(from start: Void) -> Bool {
        unsafe CRYPTO_set_mem_functions(
            { size, _, _ in
                OpenSSLBlocks.held.add(1, ordering: .relaxed)
                return unsafe malloc(size)
            },
            { block, size, _, _ in
                if unsafe block == nil { OpenSSLBlocks.held.add(1, ordering: .relaxed) }
                return unsafe realloc(block, size)
            },
            { block, _, _ in
                if unsafe block != nil { OpenSSLBlocks.held.subtract(1, ordering: .relaxed) }
                unsafe free(block)
            }
        ) == 1
    }
}
