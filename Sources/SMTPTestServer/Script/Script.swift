extension SMTPTestServer {
    /// What the server does other than by default: a list of rules, or a closure.
    ///
    /// Of the rules that match an event the first one applies. An event without a rule is handled by default.
    ///
    /// ```swift
    /// let script: SMTPTestServer.Script = [
    ///     .on(.command("RCPT", occurrence: 2), .reply("550 5.1.1 no such user")),
    ///     .on(.endOfContent, .store, .close),
    /// ]
    /// ```
    public struct Script: Sendable, ExpressibleByArrayLiteral {
        enum Source: Sendable {
            case rules([Rule])
            case closure(contentOffsets: [Int], @Sendable (Event) -> [Action]?)
        }

        let source: Source

        /// A script of rules; by default none.
        public init(_ rules: [Rule] = []) {
            self.source = .rules(rules)
        }

        /// A script of rules.
        public init(arrayLiteral rules: Rule...) {
            self.init(rules)
        }

        /// A script that is asked about every event.
        ///
        /// - Parameters:
        ///   - contentOffsets: The numbers of content octets after which there is a `.contentOctets` event.
        ///   - decide: Gives the actions for an event, or nil for the default. It runs on the server's event
        ///     loop and must not block.
        public init(contentOffsets: [Int] = [], _ decide: @escaping @Sendable (Event) -> [Action]?) {
            self.source = .closure(contentOffsets: contentOffsets.map { max(1, $0) }, decide)
        }
    }
}
