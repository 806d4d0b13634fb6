import AsyncSMTP

/// A mechanism of our own: the server names a service, and gets an identifier and the key for that service.
///
/// One conformance is all it takes. The session does the rest: base64, the command line's length, cancelling,
/// limits, and keeping the key out of transcripts and errors.
struct KeyMechanism: SASLMechanism {
    let name = "X-SERVICE-KEY"
    let revealsSecret = true
    let isClientFirst = false
    let identifier: String
    let keys: [String: Secret]
    private(set) var isComplete = false

    var secrets: [Secret] { Array(self.keys.values) }

    init(identifier: String, keys: [String: Secret]) {
        self.identifier = identifier
        self.keys = keys
    }

    mutating func respond(to challenge: [UInt8]?) async throws(SASLError) -> [UInt8] {
        guard !self.isComplete, let challenge else { throw SASLError(.unexpectedChallenge) }
        guard let key = self.keys[String(decoding: challenge, as: UTF8.self)] else {
            throw SASLError(.invalidCredentials("there is no key for the service the server names"))
        }
        self.isComplete = true
        return Array(self.identifier.utf8) + [0] + key.copy()
    }
}
