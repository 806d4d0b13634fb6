/// What the way to the recipients can carry: what a server offers, or what is safe without asking.
public enum TransferCapability: Int, Sendable, Hashable, Comparable, CaseIterable {
    /// Lines of ASCII, which every server takes.
    case sevenBit
    /// Lines of any octets: 8BITMIME (RFC 6152).
    case eightBit
    /// Any octets: BINARYMIME (RFC 3030).
    case binary

    /// Whether less can be carried.
    public static func < (left: TransferCapability, right: TransferCapability) -> Bool {
        left.rawValue < right.rawValue
    }
}
