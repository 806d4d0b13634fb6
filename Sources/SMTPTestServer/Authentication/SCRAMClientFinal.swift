#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The client-final-message of SCRAM (RFC 5802 section 7).
struct SCRAMClientFinal: Sendable, Hashable {
    /// What `c=` stands for: the gs2-header and the channel binding data.
    let binding: [UInt8]
    let nonce: String
    let proof: [UInt8]
    /// All before the comma of `p=`.
    let withoutProof: String

    /// Reads a message; nil when it is malformed.
    init?(_ octets: [UInt8]) {
        guard let text = String(validating: octets, as: UTF8.self) else { return nil }
        let parts = text.split(separator: ",", omittingEmptySubsequences: false)
        guard parts.count >= 3, let last = parts.last,
            parts[0].hasPrefix("c="), let binding = Data(base64Encoded: String(parts[0].dropFirst(2))),
            parts[1].hasPrefix("r="),
            last.hasPrefix("p="), let proof = Data(base64Encoded: String(last.dropFirst(2)))
        else { return nil }
        self.binding = Array(binding)
        self.nonce = String(parts[1].dropFirst(2))
        self.proof = Array(proof)
        self.withoutProof = parts.dropLast().joined(separator: ",")
    }
}
