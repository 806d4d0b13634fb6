internal import OpenSSLCrypto

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// SCRAM (RFC 5802, 7677), with and without channel binding.
///
/// The server signature goes out as a challenge that the client answers with nothing, since SMTP has no data
/// with success (RFC 4422 section 5, RFC 4954 section 4). Errors are not told by `e=`: the exchange just
/// fails.
struct SCRAMMechanism: ServerMechanism {
    private enum State: Sendable {
        case begun
        case askedForProof(SCRAMClientFirst, serverFirst: String)
        case proved
        case ended
    }

    private let hash: ServerHash
    private let bindsChannel: Bool
    private let context: AuthenticationContext
    private let nonce: String
    private let salt: [UInt8]
    private var state = State.begun
    private(set) var user: String?
    private(set) var authorizationIdentity: String?

    /// The mechanism with this name; nil when it is none of SCRAM.
    init?(_ name: String, context: AuthenticationContext) {
        self.bindsChannel = name.hasSuffix("-PLUS")
        switch self.bindsChannel ? String(name.dropLast(5)) : name {
        case "SCRAM-SHA-1": self.hash = .sha1
        case "SCRAM-SHA-256": self.hash = .sha256
        case "SCRAM-SHA-512": self.hash = .sha512
        default: return nil
        }
        self.context = context
        self.nonce = context.challenges.nonce ?? Data(Self.randomOctets(18)).base64EncodedString()
        self.salt = context.challenges.salt ?? Self.randomOctets(16)
    }

    mutating func step(_ response: [UInt8]?) throws(CryptoError) -> MechanismStep {
        guard let response else { return .challenge([]) }
        switch self.state {
        case .begun:
            return self.begin(response)
        case .askedForProof(let first, let serverFirst):
            self.state = .ended
            return try self.judge(response, first: first, serverFirst: serverFirst)
        case .proved:
            self.state = .ended
            return response.isEmpty ? .success : .malformed
        case .ended:
            return .malformed
        }
    }

    private mutating func begin(_ response: [UInt8]) -> MechanismStep {
        self.state = .ended
        guard let first = SCRAMClientFirst(response) else { return .malformed }
        self.user = first.user
        self.authorizationIdentity = first.authorizationIdentity
        guard !first.isExtended, self.accepts(first.binding) else { return .failure }
        let salt = Data(self.salt).base64EncodedString()
        let message = "r=\(first.nonce)\(self.nonce),s=\(salt),i=\(self.context.challenges.iterations)"
        self.state = .askedForProof(first, serverFirst: message)
        return .challenge(Array(message.utf8))
    }

    /// RFC 5802 section 6: whether flag and mechanism fit together.
    private func accepts(_ binding: SCRAMClientFirst.Binding) -> Bool {
        switch binding {
        case .unsupported: !self.bindsChannel
        // Somebody took the mechanism out of the list on its way to the client.
        case .supported: !self.bindsChannel && !self.context.offered.contains { $0.hasSuffix("-PLUS") }
        case .required(let type): self.bindsChannel && self.context.security?.bindings[type] != nil
        }
    }

    private mutating func judge(
        _ response: [UInt8],
        first: SCRAMClientFirst,
        serverFirst: String
    ) throws(CryptoError) -> MechanismStep {
        guard let final = SCRAMClientFinal(response) else { return .malformed }
        var binding = Array(first.header.utf8)
        if case .required(let type) = first.binding {
            binding += self.context.security?.bindings[type] ?? []
        }
        guard final.binding == binding, final.nonce == first.nonce + self.nonce,
            let password = self.context.users[first.user]
        else { return .failure }
        let salted = try self.hash.saltedPassword(
            password,
            salt: self.salt,
            iterations: self.context.challenges.iterations
        )
        let message = Array("\(first.bare),\(serverFirst),\(final.withoutProof)".utf8)
        let clientKey = try self.hash.hmac(Array("Client Key".utf8), key: salted)
        let signature = try self.hash.hmac(message, key: self.hash.hash(clientKey))
        guard final.proof == zip(clientKey, signature).map({ $0 ^ $1 }) else { return .failure }
        let serverKey = try self.hash.hmac(Array("Server Key".utf8), key: salted)
        let proof = try Data(self.hash.hmac(message, key: serverKey)).base64EncodedString()
        self.state = .proved
        return .challenge(Array("v=\(proof)".utf8))
    }

    private static func randomOctets(_ count: Int) -> [UInt8] {
        (0..<count).map { _ in UInt8.random(in: .min ... .max) }
    }
}
