import OpenSSLCrypto
import SASL

func octets(_ text: String) -> [UInt8] { Array(text.utf8) }

extension SASLMechanism {
    /// The response to a challenge, both as text.
    mutating func answer(_ challenge: String?) async throws(SASLError) -> String {
        String(decoding: try await self.respond(to: challenge.map(octets)), as: UTF8.self)
    }

    /// Why a challenge cannot be answered; nil when it can.
    mutating func refusal(_ challenge: String?) async -> SASLError.Reason? {
        do throws(SASLError) {
            _ = try await self.answer(challenge)
            return nil
        } catch {
            return error.reason
        }
    }
}

/// The examples of RFC 5802 section 5 and RFC 7677 section 3.
enum Example {
    static let user = Credentials(username: "user", password: "pencil")
    static let nonce1 = "fyko+d2lbbFgONRv9qkxdawL"
    static let first1 = "r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,s=QSXCR+Q6sek8bf92,i=4096"
    static let final1 = "v=rmF9pqV8S7suAoZWja4dJRkFsKQ="
    static let nonce = "rOprNGfwEbeRWgbNEkqO"
    static let serverNonce = "rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0"
    static let first = "r=\(Self.serverNonce),s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096"
    static let final = "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4="

    /// SCRAM-SHA-256 with the nonce of RFC 7677.
    static func scram(
        _ credentials: Credentials = Self.user,
        hash: SCRAM.Hash = .sha256,
        binding: SCRAM.Binding = .unsupported,
        iterations: ClosedRange<Int> = SCRAM.defaultIterations
    ) throws(SASLError) -> SCRAM {
        try SCRAM(credentials, hash: hash, binding: binding, iterations: iterations, nonce: Self.nonce)
    }
}

/// Carries out `body` in a task that is cancelled from its beginning.
func cancelled<Value: Sendable>(
    _ body: @escaping @Sendable () async throws -> Value
) async throws -> Value? {
    try await withThrowingTaskGroup(of: Value.self) { group in
        group.cancelAll()
        group.addTask { try await body() }
        return try await group.next()
    }
}
