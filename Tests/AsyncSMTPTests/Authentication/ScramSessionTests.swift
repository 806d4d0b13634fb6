import Foundation
import SASL
import SMTPCore
import Testing

@testable import AsyncSMTP

/// What a session makes of servers that play SCRAM badly.
@Suite("Authentication: SCRAM in a session", .timeLimit(.minutes(20)))
struct ScramSessionTests {
    private func withScram(_ body: (Peer, ScramPeer) async throws -> Void) async throws {
        try await withPeer(.offered(["AUTH SCRAM-SHA-256 PLAIN"])) { peer in
            try await body(peer, try await ScramPeer(peer))
        }
    }

    private func expectUsable(_ peer: Peer) async throws {
        let noop = await peer.begin { try await $0.noop() }
        try await peer.answer("NOOP", with: "250 ok")
        #expect(try await noop.value.code == .ok)
    }

    /// Ends the login; the connection is closed and nothing was said.
    private func expectSilentEnd(_ peer: Peer, _ scram: ScramPeer) async throws -> SMTPError {
        let error = try await peer.error(of: scram.task)
        #expect(error.code == .authenticationFailed)
        #expect(await !peer.isOpen)
        #expect(await !peer.session.isAuthenticated)
        #expect(try await peer.takeEverything() == "")
        return error
    }

    @Test(
        "S-D3 D3.7 a whole exchange, with an extension of the server that may be ignored",
        arguments: ["", ",x=1"]
    )
    func whole(suffix: String) async throws {
        try await self.withScram { peer, scram in
            let first = scram.first + suffix
            try await scram.challenge(first)
            let proof = try await scram.takeProof()
            #expect(proof.hasPrefix("c=biws,r=\(scram.nonce)server,p="))
            try await scram.challenge(try await scram.signature(first: first, proof: proof))
            try await peer.answer("", with: "235 2.7.0 ok")
            try await scram.task.value
            #expect(await peer.session.isAuthenticated)
            try await self.expectUsable(peer)
        }
    }

    @Test("S-D3.1 a server that cannot prove itself is left, whatever it says then")
    func wrongSignature() async throws {
        try await self.withScram { peer, scram in
            try await scram.challenge(scram.first)
            let proof = try await scram.takeProof()
            let signature = try await scram.signature(first: scram.first, proof: proof)
            // The last but one: the last character before the padding does not count with all its bits.
            let index = signature.index(signature.endIndex, offsetBy: -3)
            let wrong = signature.replacingCharacters(
                in: index...index,
                with: signature[index] == "A" ? "B" : "A"
            )
            try await scram.challenge(wrong)
            let error = try await self.expectSilentEnd(peer, scram)
            let reason = (error.underlying as? SASLError)?.reason
            guard case .serverNotAuthentic = reason else {
                Issue.record("the reason is \(String(describing: reason))")
                return
            }
            let noop = await peer.begin { try await $0.noop() }
            _ = try await peer.error(of: noop)
        }
    }

    @Test("S-D3.2 235 before the server's proof is no success", arguments: [true, false])
    func early(comesBehindProof: Bool) async throws {
        try await self.withScram { peer, scram in
            if comesBehindProof {
                try await scram.challenge(scram.first)
                _ = try await scram.takeProof()
            }
            try await peer.send("235 2.7.0 welcome\r\n")
            _ = try await self.expectSilentEnd(peer, scram)
        }
    }

    @Test(
        "S-D3.3 a nonce that is not the client's with more behind it",
        arguments: ["", "x", "X-", "prefix"]
    )
    func nonce(kind: String) async throws {
        try await self.withScram { peer, scram in
            let nonce =
                switch kind {
                case "": scram.nonce
                case "prefix": String(scram.nonce.dropLast()) + "!server"
                default: kind + scram.nonce
                }
            try await scram.challenge("r=\(nonce),s=c2FsdA==,i=4096")
            _ = try await self.expectSilentEnd(peer, scram)
        }
    }

    @Test(
        "S-D3.4 S-D3.5 S-D3.6 a first message that cannot be taken is cancelled, and the session goes on",
        arguments: [
            "s=c2FsdA==,i=1", "s=c2FsdA==,i=0", "s=c2FsdA==,i=-1", "s=c2FsdA==,i=4096x",
            "s=c2FsdA==,i=4095", "s=c2FsdA==,i=600001", "s=c2FsdA==,i=2147483647",
            "s=c2FsdA==,i=99999999999999999999", "s=,i=4096", "s=====,i=4096", "s=c2FsdA==", "m=ext",
        ]
    )
    func firstMessage(rest: String) async throws {
        try await self.withScram { peer, scram in
            let start = "r=\(scram.nonce)server"
            try await scram.challenge(
                rest == "m=ext" ? "m=ext,\(start),s=c2FsdA==,i=4096" : "\(start),\(rest)"
            )
            try await peer.answer("*", with: "501 5.7.0 cancelled")
            let error = try await peer.error(of: scram.task)
            #expect(error.code == .authenticationFailed)
            #expect(error.underlying is SASLError)
            #expect(error.reply == nil)
            #expect(await !peer.session.isAuthenticated)
            try await self.expectUsable(peer)
        }
    }

    @Test("S-D3.8 the server's own reason is told, and no other mechanism is tried", arguments: [1, 2])
    func reason(step: Int) async throws {
        try await self.withScram { peer, scram in
            if step == 2 {
                try await scram.challenge(scram.first)
                _ = try await scram.takeProof()
            }
            try await scram.challenge("e=invalid-proof")
            try await peer.answer("*", with: "535 5.7.8 no")
            let error = try await peer.error(of: scram.task)
            #expect(error.code == .authenticationFailed)
            #expect((error.underlying as? SASLError)?.reason == .rejected("invalid-proof"))
            #expect(error.description.contains("invalid-proof"))
            try await self.expectUsable(peer)
        }
    }

    @Test("S-D2.1 a refused SCRAM is not followed by PLAIN with the same password", arguments: [1, 2])
    func downgrade(step: Int) async throws {
        try await self.withScram { peer, scram in
            if step == 2 {
                try await scram.challenge(scram.first)
                _ = try await scram.takeProof()
            }
            try await peer.send("535 5.7.8 no\r\n")
            let error = try await peer.error(of: scram.task)
            #expect(error.code == .authenticationFailed)
            #expect(error.reply?.code.value == 535)
            try await peer.expectSilence()
            try await self.expectUsable(peer)
        }
    }

    @Test(
        "S-D2.2 a SCRAM that the server does not know makes way for the next",
        arguments: ["504 5.5.4", "534 5.7.9"]
    )
    func refusedMechanism(code: String) async throws {
        try await self.withScram { peer, scram in
            try await peer.send("\(code) no\r\n")
            try await peer.answer("AUTH PLAIN AHVzZXIAcGVuY2ls", with: "235 ok")
            try await scram.task.value
        }
    }

    @Test("S-D2.3 below the least strength nothing is sent", arguments: [true, false])
    func strength(wantsBinding: Bool) async throws {
        let offer = wantsBinding ? "AUTH SCRAM-SHA-256 PLAIN LOGIN" : "AUTH PLAIN LOGIN"
        let policy = AuthenticationPolicy.atLeast(wantsBinding ? .scramPlus : .scram)
        try await withPeer(.offered([offer]), configure: { $0.authentication = policy }) { peer in
            let task = await peer.begin { try await $0.logIn(SecureLoopback.user) }
            #expect(try await peer.error(of: task).code == .noAuthenticationMechanism)
            try await peer.expectSilence()
            try await self.expectUsable(peer)
        }
    }

    @Test("S-D1.2 SCRAM in clear is a matter of policy", arguments: [true, false])
    func inClear(requiresEncryption: Bool) async throws {
        let server = try SMTPServer(host: "192.0.2.1", tls: .plaintext)
        try await withPeer(
            .offered(["AUTH SCRAM-SHA-256"]),
            server: server,
            configure: { $0.authentication.requiresEncryption = requiresEncryption }
        ) { peer in
            if requiresEncryption {
                let task = await peer.begin { try await $0.logIn(SecureLoopback.user) }
                #expect(try await peer.error(of: task).code == .authenticationNeedsEncryption)
                try await peer.expectSilence()
            } else {
                let scram = try await ScramPeer(peer)
                try await peer.send("535 5.7.8 no\r\n")
                #expect(try await peer.error(of: scram.task).reply?.code.value == 535)
            }
        }
    }

    @Test(
        "S-D8.1 S-D8.2 what PLAIN cannot carry is refused before anything is sent",
        arguments: ["a\0b", ""]
    )
    func unusable(password: String) async throws {
        try await withPeer(.offered(["AUTH PLAIN"])) { peer in
            let credentials = Credentials(username: "user", password: password)
            let task = await peer.begin { try await $0.logIn(credentials) }
            #expect(try await peer.error(of: task).code == .invalidArgument)
            try await peer.expectSilence()
            try await self.expectUsable(peer)
        }
    }
}
