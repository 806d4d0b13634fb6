/// One parameter of MAIL or RCPT, `KEYWORD` or `KEYWORD=value` (RFC 5321 section 4.1.2).
public struct ESMTPParameter: Sendable, Hashable, CustomStringConvertible {
    /// Keyword, upper case.
    public let keyword: String
    /// Value; nil when the parameter has none.
    public let value: String?

    /// Makes a parameter from parts.
    ///
    /// - Parameters:
    ///   - keyword: Letters, digits and hyphens, not beginning with a hyphen.
    ///   - value: Printable ASCII without space and `=`, or nil. It is sent as it is: encode it first where
    ///     the extension wants that.
    /// - Throws: ``CommandError`` that names the offending octet and its position.
    public init(_ keyword: String, value: String? = nil) throws(CommandError) {
        try ArgumentRules.check(keyword, argument: "ESMTP keyword", maximumLength: 64) {
            ArgumentRules.isAlphanumeric($0) || $0 == UInt8(ascii: "-")
        }
        guard keyword.utf8.first != UInt8(ascii: "-") else {
            throw CommandError(
                .unexpectedCharacter,
                argument: "ESMTP keyword",
                position: 0,
                byte: UInt8(ascii: "-")
            )
        }
        if let value {
            try ArgumentRules.check(value, argument: "value of \(keyword)", maximumLength: 1024) {
                ArgumentRules.isPrintable($0) && $0 != UInt8(ascii: "=")
            }
        }
        self.keyword = keyword.uppercased()
        self.value = value
    }

    /// Parses `KEYWORD` or `KEYWORD=value`.
    ///
    /// - Throws: ``CommandError`` that names the offending octet and its position.
    public init(parsing text: String) throws(CommandError) {
        guard let equals = text.firstIndex(of: "=") else {
            self = try ESMTPParameter(text)
            return
        }
        self = try ESMTPParameter(String(text[..<equals]), value: String(text[text.index(after: equals)...]))
    }

    /// Parameter whose parts are known to be right: a constant keyword and a value encoded by this module.
    init(keyword: String, encoded value: String?) {
        self.keyword = keyword
        self.value = value
    }

    /// The parameter as it is sent.
    public var description: String { self.value.map { "\(self.keyword)=\($0)" } ?? self.keyword }

    /// Octets of the parameter, the space in front included, that do not count against the 512 of a command.
    ///
    /// They are no more than its extension adds to that limit (RFC 5321 section 4.5.3.1.4).
    var allowance: Int {
        min(self.description.utf8.count + 1, Self.allowances[self.keyword] ?? 0)
    }

    /// What each extension adds, or where one number is for several parameters, the longest its value makes.
    private static let allowances: [String: Int] = [
        "SIZE": 26, "BODY": 17, "SMTPUTF8": 10, "RET": 9, "ENVID": 307, "AUTH": 500, "REQUIRETLS": 11,
        "HOLDFOR": 34, "HOLDUNTIL": 34, "BY": 17, "MT-PRIORITY": 15, "NOTIFY": 29, "ORCPT": 507,
    ]
}
