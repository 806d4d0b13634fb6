/// The extensions that the server lists in its reply to EHLO, and what follows from them.
struct OfferedExtensions: Sendable {
    /// The lines of the reply, without the first one.
    let lines: [String]
    /// The mechanisms of the AUTH line, in upper case.
    let authMechanisms: Set<String>

    private let keywords: Set<String>

    init(_ configuration: SMTPTestServer.Configuration) {
        var lines = configuration.extensions
        if !configuration.users.isEmpty, !lines.contains(where: { Self.words(of: $0).first == "AUTH" }) {
            lines.append("AUTH PLAIN LOGIN")
        }
        let words = lines.map(Self.words)
        self.lines = lines
        self.keywords = Set(words.compactMap(\.first))
        self.authMechanisms = Set(words.filter { $0.first == "AUTH" }.flatMap { $0.dropFirst() })
    }

    /// The words of a line in upper case; `AUTH=LOGIN`, as old servers write it, is two.
    private static func words(of line: String) -> [String] {
        let line = line.uppercased()
        let isOldForm = line.hasPrefix("AUTH=")
        return (isOldForm ? "AUTH " + line.dropFirst(5) : line).split(separator: " ").map(String.init)
    }

    func contains(_ keyword: String) -> Bool {
        self.keywords.contains(keyword)
    }
}
