/// How much a message may change on its way without breaking the signature (`c=`; RFC 6376 section 3.4).
public enum DKIMCanonicalization: String, Sendable, Hashable, CaseIterable {
    /// Hardly at all.
    case simple
    /// White space may be changed, and fields folded anew.
    case relaxed
}
