extension SMTPTestServer {
    /// What the server shall do at one point of the dialogue.
    public struct Rule: Sendable {
        let stage: Stage
        let session: Int?
        let actions: [Action]

        /// A rule.
        ///
        /// - Parameters:
        ///   - stage: When it applies.
        ///   - session: The number of the one connection it applies to, from 0; nil for all.
        ///   - actions: What to do, in order. With no action at all the server stays silent and goes on.
        public init(_ stage: Stage, session: Int? = nil, _ actions: [Action]) {
            self.stage = stage
            self.session = session
            self.actions = actions
        }

        /// A rule: `.on(.command("RCPT", occurrence: 2), .reply("550 5.1.1 no such user"))`.
        ///
        /// - Parameters:
        ///   - stage: When it applies.
        ///   - session: The number of the one connection it applies to, from 0; nil for all.
        ///   - actions: What to do, in order. With no action at all the server stays silent and goes on.
        public static func on(_ stage: Stage, session: Int? = nil, _ actions: Action...) -> Rule {
            Rule(stage, session: session, actions)
        }
    }
}
