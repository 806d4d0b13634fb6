/// What a message is checked for: the way it will take.
public struct LintContext: Sendable, Hashable {
    /// What the way can carry.
    public var capability: TransferCapability
    /// Whether the server offers SMTPUTF8 (RFC 6531).
    public var offersSMTPUTF8: Bool
    /// Greatest size of a message in octets; nil for none (RFC 1870).
    public var maximumSize: UInt64?
    /// Domains that sign it by DKIM; none leaves out the check of From.
    public var dkimDomains: [String]

    /// Makes a context.
    public init(
        capability: TransferCapability = .eightBit,
        offersSMTPUTF8: Bool = false,
        maximumSize: UInt64? = nil,
        dkimDomains: [String] = []
    ) {
        self.capability = capability
        self.offersSMTPUTF8 = offersSMTPUTF8
        self.maximumSize = maximumSize
        self.dkimDomains = dkimDomains
    }
}
