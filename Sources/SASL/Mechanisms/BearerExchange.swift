internal import OpenSSLCrypto

/// What XOAUTH2 and OAUTHBEARER have in common: one message with a token, one answer to the server's refusal.
struct BearerExchange: Sendable {
    private enum Step {
        case start, sent, refused
    }

    /// Octet between the parts of a message.
    static let separator: UInt8 = 0x01

    let token: Secret
    let message: Secret
    private let answerToRefusal: [UInt8]
    private var step = Step.start
    private(set) var failureDetail: String?

    var isComplete: Bool { self.step == .sent }

    /// Whether the server said that the token's rights are not enough, which a new one does not change (RFC 6750
    /// section 3.1).
    var lacksScope: Bool { self.failureDetail?.contains("insufficient_scope") == true }

    /// Makes an exchange.
    ///
    /// - Parameter fields: What stands before the token, `auth=` not included; each ends by a separator.
    init(fields: [String], token: Secret, answerToRefusal: [UInt8]) throws(SASLError) {
        let octets = token.copy()
        guard !octets.isEmpty, octets.allSatisfy({ (0x20...0x7E).contains($0) }) else {
            throw SASLError(
                .invalidCredentials("the token is empty or contains something but printable ASCII")
            )
        }
        for field in fields where field.utf8.contains(where: { [0x00, 0x01, 0x0A, 0x0D].contains($0) }) {
            throw SASLError(.invalidCredentials("user name or host contains a control character"))
        }
        var message = fields.flatMap { Array($0.utf8) + [Self.separator] }
        message += Array("auth=Bearer ".utf8) + octets + [Self.separator, Self.separator]
        self.token = token
        self.message = Secret(octets: message)
        self.answerToRefusal = answerToRefusal
    }

    mutating func respond(to challenge: [UInt8]?) throws(SASLError) -> [UInt8] {
        switch self.step {
        case .start:
            self.step = .sent
            return self.message.copy()
        case .sent:
            self.step = .refused
            self.failureDetail = ServerText.escaped(
                ServerText.redacted(challenge ?? [], [self.token, self.message])
            )
            return self.answerToRefusal
        case .refused:
            throw SASLError(.unexpectedChallenge)
        }
    }
}
