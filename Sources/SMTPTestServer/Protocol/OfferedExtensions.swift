/// The extensions that the server lists in its reply to EHLO, and what follows from them.
struct OfferedExtensions: Sendable {
    /// The lines of the reply, without the first one.
    let lines: [String]
    /// The mechanisms of the AUTH line, in upper case.
    let authMechanisms: Set<String>

    private let keywords: Set<String>

    /// - Parameter isEncrypted: Whether the client asks inside TLS.
    init(_ configuration: SMTPTestServer.Configuration, isEncrypted: Bool) {
        var lines = configuration.extensions
        if isEncrypted {
            lines =
                configuration.extensionsAfterTLS ?? lines.filter { Self.words(of: $0).first != "STARTTLS" }
        } else if configuration.tls?.start == .command, !Self.lists("STARTTLS", in: lines) {
            lines.append("STARTTLS")
        }
        let mechanisms = Self.mechanisms(of: configuration, isEncrypted: isEncrypted)
        if !mechanisms.isEmpty, !Self.lists("AUTH", in: lines) {
            lines.append("AUTH " + mechanisms.joined(separator: " "))
        }
        let words = lines.map(Self.words)
        self.lines = lines
        self.keywords = Set(words.compactMap(\.first))
        self.authMechanisms = Set(words.filter { $0.first == "AUTH" }.flatMap { $0.dropFirst() })
    }

    /// The mechanisms to list when the configuration leaves it to the server.
    private static func mechanisms(
        of configuration: SMTPTestServer.Configuration,
        isEncrypted: Bool
    ) -> [String] {
        let needNobody: Set<String> = ["EXTERNAL", "ANONYMOUS"]
        let hasSomebody = !configuration.users.isEmpty || !configuration.tokens.isEmpty
        guard isEncrypted || configuration.allowsAuthenticationInClear,
            hasSomebody || configuration.mechanisms.contains(where: { needNobody.contains($0.uppercased()) })
        else { return [] }
        return configuration.mechanisms.filter { mechanism in
            let name = mechanism.uppercased()
            return isEncrypted || (name != "EXTERNAL" && !name.hasSuffix("-PLUS"))
        }
    }

    private static func lists(_ keyword: String, in lines: [String]) -> Bool {
        lines.contains { self.words(of: $0).first == keyword }
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
