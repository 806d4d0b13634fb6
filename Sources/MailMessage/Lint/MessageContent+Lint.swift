internal import NIOCore

extension MessageContent {
    /// Checks octets of a message before they are sent, reading them once.
    ///
    /// - Parameter context: The way they will take.
    /// - Returns: What was found; empty for a message without fault.
    /// - Throws: What a file or a stream throws.
    @concurrent
    public func lint(_ context: LintContext = LintContext()) async throws -> [LintFinding] {
        var linter = MessageLinter(context)
        let pieces = try ContentPieces(self)
        do {
            while let piece = try await pieces.next() { linter.append(piece.readableBytesUInt8Span) }
        } catch {
            await pieces.close()
            throw error
        }
        await pieces.close()
        return linter.finish()
    }
}
