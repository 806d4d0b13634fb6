import AsyncSMTP

/// What several suites send.
enum Sample {
    /// A message with its envelope in the header.
    static let message = RawMessage(.text(text))

    static let text = """
        From: Ann <ann@example.org>\r
        To: Bob <bob@example.net>\r
        Message-ID: <sample@example.org>\r
        Subject: Sample\r
        \r
        .a line that begins with a dot\r
        the end\r

        """

    /// The error a send ended with; nil when it succeeded or threw something else.
    static func error<Success>(of task: Task<Success, any Error>) async -> SMTPError? {
        do {
            _ = try await task.value
            return nil
        } catch {
            return error as? SMTPError
        }
    }
}
