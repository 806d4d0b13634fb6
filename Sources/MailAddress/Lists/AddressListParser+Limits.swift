extension AddressListParser {
    /// The bounds on what a parser takes from outside.
    ///
    /// Each stops one attack; all are checked before the work is done.
    public struct Limits: Sendable, Hashable {
        /// The greatest length of an input in bytes, 64 KiB by default.
        ///
        /// Stops a header field of many megabytes from being held in memory several times over.
        public var maximumInputLength = 65_536

        /// The greatest depth of comments within comments, 32 by default.
        ///
        /// Stops `((((…`. The parser does not recurse, so the depth could not exhaust the stack; the bound
        /// ends the work early.
        public var maximumCommentDepth = 32

        /// The greatest number of mailboxes and groups, 10 000 by default.
        ///
        /// Stops a small input of many short entries from becoming a great many objects and transactions.
        public var maximumEntries = 10_000

        /// The default limits.
        public init() {}
    }
}
