/// A command line, cut into verb and argument.
struct CommandLine: Sendable {
    /// The line as received, without its line end.
    let text: String
    /// The verb in upper case.
    let verb: String
    /// All behind the space that follows the verb.
    let argument: String

    init(_ text: String) {
        let parts = text.split(separator: " ", maxSplits: 1, omittingEmptySubsequences: false)
        self.text = text
        self.verb = parts.first.map { $0.uppercased() } ?? ""
        self.argument = parts.count > 1 ? String(parts[1]) : ""
    }
}
