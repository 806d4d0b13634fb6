import OpenSSLCrypto

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A SCRAM client in a few lines, which can be made to lie.
struct ScramClient {
    let digest: Digest
    var user = "user"
    var password = "pencil"
    var nonce = "rOprNGfwEbeRWgbNEkqO"
    var header = "n,,"
    var binding: [UInt8] = []

    var first: String { self.header + self.bare }
    private var bare: String { "n=\(self.user),r=\(self.nonce)" }

    /// The client-final-message and the server-final-message that has to follow.
    func final(after challenge: String) throws -> (message: String, serverFinal: String) {
        let parts = challenge.split(separator: ",")
        let value = { (index: Int) in String(parts[index].dropFirst(2)) }
        let salted = try PBKDF2.compute(
            Secret(self.password),
            salt: Array(Data(base64Encoded: value(1)) ?? Data()),
            rounds: Int32(value(2)) ?? 0,
            byteCount: self.digest.byteCount,
            digest: self.digest
        )
        let bound = Data(Array(self.header.utf8) + self.binding).base64EncodedString()
        let withoutProof = "c=\(bound),r=\(value(0))"
        let message = Array("\(self.bare),\(challenge),\(withoutProof)".utf8)
        let code = { (octets: [UInt8], key: Secret) in
            try HMAC.code(of: octets, key: key, digest: self.digest)
        }
        let clientKey = try code(Array("Client Key".utf8), salted).copy()
        let storedKey = try self.digest.hash(clientKey)
        let signature = try code(message, Secret(octets: storedKey)).copy()
        let proof = Data(zip(clientKey, signature).map { $0 ^ $1 }).base64EncodedString()
        let serverKey = try code(Array("Server Key".utf8), salted)
        let verifier = try Data(code(message, serverKey).copy()).base64EncodedString()
        return ("\(withoutProof),p=\(proof)", "v=\(verifier)")
    }
}
