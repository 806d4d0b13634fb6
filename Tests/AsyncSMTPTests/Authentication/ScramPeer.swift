import NIOCore
import NIOEmbedded
import OpenSSLCrypto
import Testing
import TransferEncoding

@testable import AsyncSMTP

/// The server's side of SCRAM-SHA-256 in the hands of a test, for user/pencil.
struct ScramPeer {
    private static let salt = Array("0123456789abcdef".utf8)

    let peer: Peer
    let task: Task<Void, any Error>
    /// The client's first message without its header, and the nonce in it.
    let hello: String
    let nonce: String

    /// Lets the session begin a login.
    init(_ peer: Peer) async throws {
        self.peer = peer
        self.task = await peer.begin { try await $0.logIn(SecureLoopback.user) }
        let line = try #require(try await peer.takeSegment())
        let parts = line.split(whereSeparator: \.isWhitespace)
        try #require(parts.count == 3 && parts.prefix(2) == ["AUTH", "SCRAM-SHA-256"])
        let message = try #require(Base64.decode(Array(parts[2].utf8)))
        let text = String(decoding: message, as: UTF8.self)
        try #require(text.hasPrefix("n,,n=user,r="))
        self.hello = String(text.dropFirst(3))
        self.nonce = String(text.dropFirst(12))
    }

    /// An honest first message.
    var first: String { "r=\(self.nonce)server,s=\(Base64.encode(Self.salt)),i=4096" }

    /// Sends a challenge.
    func challenge(_ text: String) async throws {
        try await self.peer.send("334 \(Base64.encode(Array(text.utf8)))\r\n")
    }

    /// The client's line, which comes when its key is derived, decoded.
    func takeProof() async throws -> String {
        let line = try await self.peer.channel.waitForOutboundWrite(as: ByteBuffer.self)
        let message = try #require(Base64.decode(line.readableBytesView.dropLast(2)))
        return String(decoding: message, as: UTF8.self)
    }

    /// The server's last message, which proves that it knows the password.
    func signature(first: String, proof: String) async throws -> String {
        let bare = try #require(proof.firstRange(of: ",p=")).lowerBound
        let message = "\(self.hello),\(first),\(proof[..<bare])"
        let salted = try await PBKDF2.key(
            from: "pencil",
            salt: Self.salt,
            iterations: 4_096,
            byteCount: 32,
            digest: .sha256
        )
        let key = try HMAC.code(of: Array("Server Key".utf8), key: salted, digest: .sha256)
        let code = try HMAC.code(of: Array(message.utf8), key: key, digest: .sha256)
        return "v=\(Base64.encode(code.copy()))"
    }
}
