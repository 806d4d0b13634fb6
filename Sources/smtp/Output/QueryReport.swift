internal import AsyncSMTP

/// Answers to VRFY and EXPN.
enum QueryReport {
    /// Asks for each name and prints the lines of the answers; what is refused goes to standard error.
    ///
    /// - Returns: Success where every answer is positive, otherwise what the refusals mean.
    static func print(
        _ names: [String],
        _ ask: (String) async throws -> Reply
    ) async throws -> ExitStatus {
        var refusals: [Reply] = []
        for name in names {
            let reply = try await ask(name)
            guard reply.code.isPositive else {
                refusals.append(reply)
                Console.note("\(name): \(reply)")
                continue
            }
            for line in reply.lines { Console.print(PrintableText.escape(line)) }
        }
        guard !refusals.isEmpty else { return .success }
        guard refusals.count == names.count else { return .someRefused }
        return refusals.contains { $0.code.severity == .transientNegative } ? .temporaryFailure : .allRefused
    }
}
