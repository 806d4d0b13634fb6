/// ANONYMOUS (RFC 4505): anybody, with a trace of at most 255 characters that may be empty.
struct AnonymousMechanism: ServerMechanism {
    private(set) var user: String?

    mutating func step(_ response: [UInt8]?) -> MechanismStep {
        guard let response else { return .challenge([]) }
        guard String(decoding: response, as: UTF8.self).unicodeScalars.count <= 255 else { return .malformed }
        self.user = "anonymous"
        return .success
    }
}
