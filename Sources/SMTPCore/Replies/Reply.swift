/// Complete reply of a server: one code and one or more lines of text (RFC 5321 section 4.2).
///
/// The text may be empty and in any encoding. It is for people; programs act on ``code`` and
/// ``enhancedStatus``.
public struct Reply: Sendable, Hashable, CustomStringConvertible {
    /// The reply code.
    public let code: ReplyCode
    /// The text of all lines as it came, without codes and separators, lines joined by LF.
    public let rawText: [UInt8]

    /// Makes a reply; `text` holds the lines joined by LF.
    package init(code: ReplyCode, text: [UInt8]) {
        self.code = code
        self.rawText = text
    }

    /// The lines as octets, without codes, separators and line ends; at least one.
    public var rawLines: [ArraySlice<UInt8>] {
        self.rawText.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    }

    /// The lines as text: UTF-8 where valid, otherwise read as Latin-1.
    ///
    /// Enhanced status codes are kept.
    public var lines: [String] {
        self.rawLines.map { PrintableText.decode($0) }
    }

    /// Enhanced status code at the start of the first line; nil when there is none (RFC 2034).
    public var enhancedStatus: EnhancedStatusCode? {
        EnhancedStatusCode.parsePrefix(
            of: self.rawText.prefix { $0 != UInt8(ascii: "\n") },
            replyCode: self.code
        )?.code
    }

    /// The lines joined by LF, each without its enhanced status code.
    public var text: String {
        self.rawLines.map { line in
            let prefix = EnhancedStatusCode.parsePrefix(of: line, replyCode: self.code)?.length ?? 0
            return PrintableText.decode(line.dropFirst(prefix))
        }.joined(separator: "\n")
    }

    /// Code and text in one line, control characters escaped, at most 512 characters of text.
    public var description: String {
        self.rawText.isEmpty
            ? "\(self.code)" : "\(self.code) \(PrintableText.escape(self.rawText))"
    }
}

extension Reply {
    /// The reply without what must not be shown: some servers repeat the password they refuse.
    ///
    /// - Parameter secrets: Octets to take out, the longest first where one holds another. Those of fewer than
    ///   three octets stay, for they stand in any text.
    package func redacting(_ secrets: [[UInt8]]) -> Reply {
        var text = self.rawText
        for secret in secrets where secret.count >= 3 {
            guard text.firstRange(of: secret) != nil else { continue }
            text.replace(secret, with: Array("[redacted]".utf8))
        }
        return text == self.rawText ? self : Reply(code: self.code, text: text)
    }

    /// Whether the server says that it closes the connection: 421, to whatever command (RFC 5321 section
    /// 3.8).
    public var announcesClosing: Bool { self.code == .serviceNotAvailable }

    /// Identifier under which the server queued the message, as well as it can be told from the text.
    ///
    /// Postfix, Exim, Exchange, Sendmail, OpenSMTPD, Amazon SES and Gmail put it behind a phrase of their
    /// own; nil where none of these is found. Only for people and logs.
    public var queueIdentifier: String? {
        let words = self.text.split { $0 == " " || $0 == "\n" || $0 == "\r\n" }
        for (index, word) in words.enumerated() {
            let next = index + 1 < words.count ? words[index + 1] : nil
            switch word.lowercased() {
            case "as", "id", "id=", "queued:", "ok:":
                // Behind "queued as" anything is an identifier, elsewhere only what looks like one.
                let isCertain = word == "as" && index > 0 && words[index - 1].lowercased() == "queued"
                guard let next, let identifier = Self.identifier(next, minimum: isCertain ? 1 : 5) else {
                    continue
                }
                return identifier
            case let known where known.hasPrefix("id=") || known.hasPrefix("[internalid="):
                guard let equals = word.firstIndex(of: "=") else { continue }
                return Self.identifier(word[word.index(after: equals)...])
            default:
                continue
            }
        }
        // Sendmail's and OpenSMTPD's "QID Message accepted for delivery"; Amazon SES's bare identifier;
        // Gmail's behind a timestamp.
        let lowered = words.map { $0.lowercased() }
        let isGmail = lowered.last == "gsmtp" && words.count > 2
        if lowered.starts(with: ["ok"]), words.count >= 2 { return Self.identifier(words[isGmail ? 2 : 1]) }
        if lowered.dropFirst().starts(with: ["message", "accepted"]) { return Self.identifier(words[0]) }
        return nil
    }

    private static func identifier(_ word: Substring, minimum: Int = 5) -> String? {
        let trimmed = word.drop { "<[(\"'".contains($0) }.prefix { !">])\"',;".contains($0) }
        let isIdentifier =
            trimmed.count >= minimum && trimmed.contains { $0.isNumber || $0.isUppercase }
            && trimmed.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "-_.+@/=".contains($0)) }
        return isIdentifier ? String(trimmed) : nil
    }
}
