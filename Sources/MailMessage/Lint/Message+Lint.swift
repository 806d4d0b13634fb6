extension Message {
    /// Renders the message for a way and checks the octets.
    ///
    /// Checked besides are the method of the invitation and, in files in memory that readers take for messages, that there is no Bcc.
    ///
    /// - Parameter context: The way it will take.
    /// - Returns: What was found; empty for a message without fault. A message that cannot be rendered has one
    ///   finding, which says why.
    /// - Throws: What a file or a stream throws.
    public func lint(_ context: LintContext = LintContext()) async throws -> [LintFinding] {
        do {
            let findings = try await self.rendered(for: context.capability).content.lint(context)
            var others = FindingList()
            // A body of one's own takes the place of the invitation.
            if self.body == nil, let invitation { InvitationLint(invitation: invitation).add(to: &others) }
            try AttachedMessageLint(message: self).add(to: &others)
            return findings + others.all
        } catch let error as MessageError {
            return [LintFinding(error)]
        }
    }
}
