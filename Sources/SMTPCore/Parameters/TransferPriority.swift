/// Value of MT-PRIORITY, -9 to 9; 0 is normal (RFC 6710).
public struct TransferPriority: Sendable, Hashable {
    /// The priority.
    public let value: Int

    /// Makes a priority.
    ///
    /// - Throws: ``CommandError`` when `value` is outside -9 to 9.
    public init(_ value: Int) throws(CommandError) {
        guard (-9...9).contains(value) else { throw CommandError(.invalidValue, argument: "MT-PRIORITY") }
        self.value = value
    }
}
