extension Message {
    /// Renders the message for a way and checks the octets.
    ///
    /// - Parameter context: The way it will take.
    /// - Returns: What was found; empty for a message without fault. A message that cannot be rendered has one
    ///   finding, which says why.
    /// - Throws: What a file or a stream throws.
    public func lint(_ context: LintContext = LintContext()) async throws -> [LintFinding] {
        do {
            return try await self.rendered(for: context.capability).content.lint(context)
        } catch let error as MessageError {
            return [LintFinding(error)]
        }
    }
}
