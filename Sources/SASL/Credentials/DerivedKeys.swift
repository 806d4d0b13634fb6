internal import NIOConcurrencyHelpers
internal import OpenSSLCrypto

/// Keys that SCRAM derived from one password, the last few of them.
final class DerivedKeys: Sendable {
    /// What a key depends on, beside the password.
    struct Origin: Sendable, Hashable {
        let digest: Digest
        let salt: [UInt8]
        let iterations: Int
    }

    /// Keys kept: a server uses one salt for a user, a few servers may share the credentials.
    static let limit = 4

    private let entries = NIOLockedValueBox<[(origin: Origin, key: Secret)]>([])

    /// The key of this origin, if it is kept; it is then the last to be dropped.
    func key(for origin: Origin) -> Secret? {
        self.entries.withLockedValue { entries in
            guard let index = entries.firstIndex(where: { $0.origin == origin }) else { return nil }
            let entry = entries.remove(at: index)
            entries.append(entry)
            return entry.key
        }
    }

    /// Keeps a key; the one not used for longest gives way.
    func keep(_ key: Secret, for origin: Origin) {
        self.entries.withLockedValue { entries in
            entries.removeAll { $0.origin == origin }
            entries.append((origin, key))
            if entries.count > Self.limit { entries.removeFirst() }
        }
    }
}
