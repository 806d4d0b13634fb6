/// What the mechanisms of one connection know.
struct AuthenticationContext: Sendable {
    let users: [String: String]
    let tokens: [String: String]
    let challenges: SMTPTestServer.Challenges
    let hostname: String
    /// The mechanisms that the client was told, in upper case.
    let offered: Set<String>
    /// What TLS gave; nil in clear.
    let security: Security?

    /// The mechanism with a name in upper case; nil when only a script can speak it.
    func mechanism(_ name: String) -> (any ServerMechanism)? {
        switch name {
        case "PLAIN": PlainMechanism(users: self.users)
        case "LOGIN": LoginMechanism(users: self.users)
        case "CRAM-MD5": CRAMMD5Mechanism(users: self.users, challenge: self.challengeOfCRAMMD5)
        case "XOAUTH2": BearerMechanism(.xoauth2, tokens: self.tokens)
        case "OAUTHBEARER": BearerMechanism(.oauthbearer, tokens: self.tokens)
        case "EXTERNAL": ExternalMechanism(name: self.security?.clientName)
        case "ANONYMOUS": AnonymousMechanism()
        default: SCRAMMechanism(name, context: self)
        }
    }

    /// RFC 2195 section 2: a fresh msg-id.
    private var challengeOfCRAMMD5: String {
        self.challenges.cramMD5
            ?? "<\(UInt64.random(in: .min ... .max)).\(UInt32.random(in: 1...(.max)))@\(self.hostname)>"
    }
}
