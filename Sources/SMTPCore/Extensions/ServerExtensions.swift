/// What a server offered in its last EHLO or LHLO reply; empty after HELO.
///
/// The ESMTP negotiator. Keywords are compared without regard to case, everything unknown is kept, and
/// nothing is used that is not offered here (RFC 5321 section 4.1.1.1). A new EHLO replaces it whole.
public struct ServerExtensions: Sendable, Hashable {
    /// Name the server gave itself in the first line; nil when the line is empty.
    public var serverName: String? { self.offer.serverName }
    /// Every offered keyword in the order of the reply, without repetition.
    public var keywords: [ExtensionKeyword] { self.offer.keywords }
    /// SASL mechanisms, upper case, in the order offered, merged from all `AUTH` and `AUTH=` lines without
    /// repetition.
    public var authenticationMechanisms: [String] { self.offer.authenticationMechanisms }
    /// Largest message the server takes in octets; nil when it does not offer SIZE or names no limit (RFC
    /// 1870).
    public var maximumMessageSize: UInt64? { self.offer.maximumMessageSize }
    /// Limits by RFC 9422.
    public var limits: ServerLimits { self.offer.limits }
    /// Whether commands must not stand behind the end of a message whose reply is open, whatever is offered.
    ///
    /// Dovecot's submission service aborts in that case, and takes the reply with it (2.3.19,
    /// `assertion failed: (conn->state.pending_rcpt_cmds == 0)`). It is told by BURL (RFC 4468), which hardly
    /// anybody else offers.
    package var takesMessagesOneByOne: Bool { self.offers(.burl) }
    /// Shared by all copies: it is made once for a connection and asked for with every message.
    private let offer: Offer
    private let frequent: UInt16

    /// No extensions: before EHLO, and after HELO.
    public static let none = ServerExtensions(serverName: nil, lines: [])

    /// Parses the reply to EHLO or LHLO.
    ///
    /// Lenient where servers are known to be: any case, white space around and between words, empty lines,
    /// `AUTH=LOGIN`, several `AUTH` lines, `X-EXPS` for AUTH. A line that begins with something that is no
    /// keyword is ignored.
    package init(ehlo reply: Reply) {
        let lines = reply.lines
        let name = lines.first?.split(whereSeparator: \.isWhitespace).first.map(String.init)
        self.init(serverName: name, lines: Array(lines.dropFirst()))
    }

    private init(serverName: String?, lines: [String]) {
        var keywords: [ExtensionKeyword] = []
        var parameters: [ExtensionKeyword: [String]] = [:]
        for line in lines {
            var words = line.split { $0 == " " || $0 == "\t" || $0 == "\r" || $0 == "\0" }[...]
            guard var first = words.popFirst() else { continue }
            // The old form AUTH=LOGIN: the first mechanism hangs on the keyword.
            if let equals = first.firstIndex(of: "=") {
                let value = first[first.index(after: equals)...]
                if !value.isEmpty { words.insert(value, at: words.startIndex) }
                first = first[..<equals]
            }
            guard Self.isKeyword(first) else { continue }
            var keyword = ExtensionKeyword(first)
            if keyword == "X-EXPS" { keyword = .auth }
            if parameters[keyword] == nil { keywords.append(keyword) }
            parameters[keyword, default: []] += words.map(String.init)
        }
        var seen = Set<String>()
        self.offer = Offer(
            serverName: serverName,
            keywords: keywords,
            authenticationMechanisms: (parameters[.auth] ?? []).map { $0.uppercased() }
                .filter { seen.insert($0).inserted },
            maximumMessageSize: Self.sizeLimit(parameters[.size]),
            limits: parameters[.limits].map(ServerLimits.init(parameters:)) ?? .none,
            parameters: parameters
        )
        self.frequent = keywords.reduce(0) { $0 | $1.bit }
    }

    /// Whether the server offered the extension.
    public func offers(_ keyword: ExtensionKeyword) -> Bool {
        keyword.bit == 0 ? self.offer.parameters[keyword] != nil : self.frequent & keyword.bit != 0
    }

    /// Words behind a keyword; nil when it was not offered, empty when it has none.
    public func parameters(of keyword: ExtensionKeyword) -> [String]? {
        self.offer.parameters[keyword]
    }

    /// Whether both offer the same.
    public static func == (left: Self, right: Self) -> Bool {
        left.offer === right.offer
            || (left.serverName == right.serverName && left.keywords == right.keywords
                && left.offer.parameters == right.offer.parameters)
    }

    /// Hashes what is offered.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(self.serverName)
        hasher.combine(self.keywords)
        hasher.combine(self.offer.parameters)
    }

    /// The first parameter of SIZE as a limit: zero, nothing, junk and numbers beyond 64 bits mean none.
    private static func sizeLimit(_ parameters: [String]?) -> UInt64? {
        guard let text = parameters?.first, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
            let limit = UInt64(text), limit > 0
        else { return nil }
        return limit
    }

    private static func isKeyword(_ word: Substring) -> Bool {
        guard let first = word.utf8.first, ArgumentRules.isAlphanumeric(first) else { return false }
        return word.utf8.allSatisfy {
            ArgumentRules.isAlphanumeric($0) || $0 == 0x2D || $0 == 0x5F || $0 == 0x2E
        }
    }
}

extension ServerExtensions {
    private final class Offer: Sendable {
        let serverName: String?
        let keywords: [ExtensionKeyword]
        let authenticationMechanisms: [String]
        let maximumMessageSize: UInt64?
        let limits: ServerLimits
        let parameters: [ExtensionKeyword: [String]]

        init(
            serverName: String?,
            keywords: [ExtensionKeyword],
            authenticationMechanisms: [String],
            maximumMessageSize: UInt64?,
            limits: ServerLimits,
            parameters: [ExtensionKeyword: [String]]
        ) {
            self.serverName = serverName
            self.keywords = keywords
            self.authenticationMechanisms = authenticationMechanisms
            self.maximumMessageSize = maximumMessageSize
            self.limits = limits
            self.parameters = parameters
        }
    }
}
