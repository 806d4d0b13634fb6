/// Password, token or key: kept out of every text, and overwritten in memory when the last copy is gone.
///
/// ```swift
/// let password = Secret(passwordFromTheVault)
/// print(password)  // [redacted]
/// ```
///
/// Printing, interpolating, dumping or reflecting it shows neither octets nor length. Comparison takes the same
/// time wherever two secrets differ. A `String` the secret was made from is not overwritten; where that matters
/// use ``init(octets:)`` with memory of your own.
public struct Secret: Sendable {
    private let storage: SecretOctets

    /// Makes a secret of the UTF-8 form of a text.
    public init(_ text: String) {
        self.init(octets: text.utf8)
    }

    /// Makes a secret of octets.
    public init(octets: some Collection<UInt8>) {
        self.init(count: octets.count) { output in
            for (index, octet) in zip(output.indices, octets) { output[index] = octet }
        }
    }

    /// Makes a secret of `count` octets in place, so that no copy is left behind.
    package init<Failure: Error>(
        count: Int,
        filledBy body: (inout MutableSpan<UInt8>) throws(Failure) -> Void
    ) throws(Failure) {
        self.storage = try SecretOctets(count: count, filledBy: body)
    }

    /// Whether there is no octet in it.
    public var isEmpty: Bool { self.storage.count == 0 }

    /// The octets, for the time of the call.
    package func withOctets<Result, Failure: Error>(
        _ body: (Span<UInt8>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try self.storage.withSpan(body)
    }

    /// A copy of the octets, which nobody overwrites: for a mechanism of your own, which must send them.
    public func copy() -> [UInt8] {
        self.withOctets { octets in octets.indices.map { octets[$0] } }
    }
}

extension Secret: Hashable {
    /// Whether two secrets are equal, in a time that does not tell where they differ.
    public static func == (first: Secret, second: Secret) -> Bool {
        first.withOctets { first in second.withOctets { second in ConstantTime.areEqual(first, second) } }
    }

    /// Adds nothing: a hash that is printed or compared tells nothing about the secret.
    public func hash(into hasher: inout Hasher) {}
}

extension Secret: ExpressibleByStringLiteral {
    /// Makes a secret of a literal; for tests and examples, since the literal stays in the program.
    public init(stringLiteral text: String) {
        self.init(text)
    }
}

extension Secret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// A placeholder.
    public var description: String { "[redacted]" }
    /// The same placeholder.
    public var debugDescription: String { self.description }
    /// Shows nothing.
    public var customMirror: Mirror { Mirror(self, children: EmptyCollection<Mirror.Child>()) }
}
