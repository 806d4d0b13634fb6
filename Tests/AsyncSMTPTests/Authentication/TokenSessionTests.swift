import NIOCore
import NIOEmbedded
import SASL
import SMTPCore
import SMTPTestServer
import Synchronization
import Testing
import TransferEncoding

@testable import AsyncSMTP

@Suite("Authentication: tokens in a session", .timeLimit(.minutes(20)))
struct TokenSessionTests {
    /// Gives the tokens in turn, the last one for ever, and counts.
    private final class Provider: Sendable {
        private let tokens: [String]
        private let calls = Mutex(0)

        var count: Int { self.calls.withLock { $0 } }

        init(_ tokens: String...) { self.tokens = tokens }

        var source: TokenSource {
            TokenSource {
                let call = self.calls.withLock { calls in
                    calls += 1
                    return calls
                }
                return Secret(self.tokens[min(call, self.tokens.count) - 1])
            }
        }
    }

    private static let json = #"{"status":"401","schemes":"bearer","scope":"mail"}"#
    private static let refusal = "334 \(Base64.encode(Array(json.utf8)))"

    private static func xoauth2(_ token: String) -> String {
        Base64.encode(Array("user=user@example.com\u{1}auth=Bearer \(token)\u{1}\u{1}".utf8))
    }

    private func credentials(_ source: TokenSource) -> Credentials {
        .token(username: "user@example.com", source: source)
    }

    /// Checks and answers a line that waits for a token, which comes from a task of its own.
    private func answer(_ peer: Peer, _ line: String, with reply: String) async throws {
        let written = try await peer.channel.waitForOutboundWrite(as: ByteBuffer.self)
        #expect(String(buffer: written) == line + "\r\n")
        try await peer.send(reply + "\r\n")
    }

    @Test("S-D7.1 the octets of XOAUTH2")
    func octetsOfXOAUTH2() async throws {
        try await withPeer(.offered(["AUTH XOAUTH2"])) { peer in
            let task = await peer.begin { try await $0.logIn(self.credentials(Provider("tok").source)) }
            let response = "dXNlcj11c2VyQGV4YW1wbGUuY29tAWF1dGg9QmVhcmVyIHRvawEB"
            try await self.answer(peer, "AUTH XOAUTH2 \(response)", with: "235 ok")
            try await task.value
        }
    }

    @Test("S-D7.2 the octets of OAUTHBEARER, with host and port as the caller gave them")
    func octetsOfOAuthBearer() async throws {
        let server = try SMTPServer(host: "server.example.com", port: 587, tls: .plaintext)
        try await withPeer(
            .offered(["AUTH OAUTHBEARER XOAUTH2"]),
            server: server,
            configure: { $0.allowsPlaintextAuthentication = true }
        ) { peer in
            let task = await peer.begin { try await $0.logIn(self.credentials(Provider("tok").source)) }
            let response =
                "bixhPXVzZXJAZXhhbXBsZS5jb20sAWhvc3Q9c2VydmVyLmV4YW1wbGUuY29tAXBvcnQ9NTg3AWF1dGg9QmVhcmVyIHRvawEB"
            try await self.answer(peer, "AUTH OAUTHBEARER \(response)", with: "235 ok")
            try await task.value
        }
    }

    @Test("S-D7 a refused token is fetched anew, once", arguments: [true, false])
    func refresh(isSecondTaken: Bool) async throws {
        try await withPeer(.offered(["AUTH XOAUTH2"])) { peer in
            let provider = Provider("old", "new", "third")
            let credentials = self.credentials(provider.source)
            let task = await peer.begin { try await $0.logIn(credentials) }
            try await self.answer(peer, "AUTH XOAUTH2 \(Self.xoauth2("old"))", with: Self.refusal)
            try await self.answer(peer, "", with: "535 5.7.8 no")
            let second = "AUTH XOAUTH2 \(Self.xoauth2("new"))"
            if isSecondTaken {
                try await self.answer(peer, second, with: "235 ok")
                try await task.value
                #expect(await peer.session.isAuthenticated)
            } else {
                try await self.answer(peer, second, with: Self.refusal)
                try await self.answer(peer, "", with: "535 5.7.8 no")
                let error = try await peer.error(of: task)
                #expect(error.code == .authenticationFailed)
                #expect(error.reply?.code.value == 535)
                #expect(error.underlying as? SASLError == SASLError(.rejected(Self.json)))
                #expect(error.description.contains("401"))
                try await peer.expectSilence()
                #expect(await peer.isOpen)
            }
            #expect(provider.count == 2)
        }
    }

    @Test("S-D7 R7628-4 a token whose rights are not enough is not fetched anew")
    func insufficientScope() async throws {
        try await withPeer(.offered(["AUTH XOAUTH2"])) { peer in
            let provider = Provider("old", "new")
            let credentials = self.credentials(provider.source)
            let task = await peer.begin { try await $0.logIn(credentials) }
            let reason = Base64.encode(Array(#"{"status":"insufficient_scope"}"#.utf8))
            try await self.answer(peer, "AUTH XOAUTH2 \(Self.xoauth2("old"))", with: "334 \(reason)")
            try await self.answer(peer, "", with: "535 5.7.8 no")
            #expect(try await peer.error(of: task).code == .authenticationFailed)
            try await peer.expectSilence()
            #expect(provider.count == 1)
        }
    }

    @Test("S-D7 OAUTHBEARER answers the reason of a refusal by one octet")
    func refusedBearer() async throws {
        try await withPeer(.offered(["AUTH OAUTHBEARER"])) { peer in
            let credentials = self.credentials(TokenSource(fixed: "tok"))
            let task = await peer.begin { try await $0.logIn(credentials) }
            let response = Base64.encode(Array("n,a=user@example.com,\u{1}auth=Bearer tok\u{1}\u{1}".utf8))
            try await self.answer(peer, "AUTH OAUTHBEARER \(response)", with: Self.refusal)
            try await self.answer(peer, "AQ==", with: "535 5.7.8 no")
            #expect(try await peer.error(of: task).code == .authenticationFailed)
        }
    }

    @Test(
        "S-D7 sessions that share a source fetch one new token for all of them",
        arguments: ["XOAUTH2", "OAUTHBEARER"]
    )
    func singleFlight(mechanism: String) async throws {
        var loopback = try SecureLoopback([mechanism])
        loopback.server.tokens = ["user@example.com": "new"]
        let configuration = try loopback.configuration()
        let provider = Provider("old", "new", "third")
        let credentials = self.credentials(provider.source)
        try await SMTPTestServer.withServer(loopback.server) { server in
            let place = try SMTPServer(host: "127.0.0.1", port: server.port, tls: .implicit)
            try await withThrowingTaskGroup { group in
                for _ in 0..<5 {
                    group.addTask {
                        try await SMTPSession.withSession(to: place, configuration: configuration) {
                            try await $0.logIn(credentials)
                        }
                    }
                }
                try await group.waitForAll()
            }
            #expect(
                server.sessions.map(\.authenticatedUser) == Array(repeating: "user@example.com", count: 5)
            )
        }
        #expect(provider.count == 2)
    }

    @Test(
        "R4954-6 R4954-7 Q65 a long token follows the first challenge in a line of its own",
        arguments: [3_000, 9_000]
    )
    func longToken(length: Int) async throws {
        try await withPeer(.offered(["AUTH XOAUTH2"])) { peer in
            let token = String(repeating: "t", count: length)
            let credentials = self.credentials(Provider(token).source)
            let task = await peer.begin { try await $0.logIn(credentials) }
            try await self.answer(peer, "AUTH XOAUTH2", with: "334 ")
            try await self.answer(peer, Self.xoauth2(token), with: "235 ok")
            try await task.value
        }
    }

    @Test("R4954-6 Q65 a long token over TLS")
    func longTokenOverTLS() async throws {
        var loopback = try SecureLoopback(["XOAUTH2"])
        let token = String(repeating: "t", count: 3_000)
        loopback.server.tokens = ["user": token]
        try await loopback.withSession { server, session in
            try await session.logIn(.token(username: "user", source: Provider(token).source))
            #expect(server.commands.map(\.utf8.count).dropFirst() == [12, 4_032])
        }
    }
}
