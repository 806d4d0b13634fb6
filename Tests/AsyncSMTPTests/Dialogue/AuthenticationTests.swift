import SASL
import SMTPCore
import Testing
import TransferEncoding

@testable import AsyncSMTP

@Suite("Dialogue: AUTH", .timeLimit(.minutes(20)))
struct AuthenticationTests {
    private static let user = Credentials(username: "user", password: "secret")
    private static let plain = "AUTH PLAIN AHVzZXIAc2VjcmV0"

    private func expectUsable(_ peer: Peer) async throws {
        let noop = await peer.begin { try await $0.noop() }
        try await peer.answer("NOOP", with: "250 ok")
        #expect(try await noop.value.code == .ok)
    }

    // MARK: Initial responses

    @Test("R4954-2 PLAIN goes out with its response, in base64 without a line break")
    func plainWithInitialResponse() async throws {
        try await withPeer(.offered(["AUTH LOGIN PLAIN"])) { peer in
            let task = await peer.begin { try await $0.logIn(Self.user) }
            try await peer.answer(Self.plain, with: "235 2.7.0 ok")
            try await task.value
            #expect(await peer.session.isAuthenticated)
            try await self.expectUsable(peer)
        }
    }

    @Test("R4954-2 an initial response of no octets is =")
    func emptyInitialResponse() async throws {
        try await withPeer(.offered(["AUTH X-SCRIPTED"])) { peer in
            let task = await peer.begin { try await $0.authenticate(with: Scripted([])) }
            try await peer.answer("AUTH X-SCRIPTED =", with: "235 ok")
            #expect(try await task.value.code == .authenticated)
        }
    }

    @Test(
        "R4954-2 Q61 LOGIN has no initial response: user name, then password",
        arguments: ["LOGIN", "login"]
    )
    func login(offer: String) async throws {
        try await withPeer(.offered(["AUTH \(offer)"])) { peer in
            let task = await peer.begin { try await $0.logIn(Self.user) }
            try await peer.answer("AUTH LOGIN", with: "334 VXNlcm5hbWU6")
            try await peer.answer("dXNlcg==", with: "334 UGFzc3dvcmQ6")
            try await peer.answer("c2VjcmV0", with: "235 2.7.0 ok")
            try await task.value
            #expect(await peer.session.isAuthenticated)
        }
    }

    @Test(
        "Q61 S-D5 D5.4 prompts of LOGIN may say anything",
        arguments: [
            "334 Username:", "334 username:", "334 VXNlciBOYW1lAA==", "334", "334 ", "334 VXNlcm5hbWU6",
            "334 UGFzc3dvcmQ6", "334-two\r\n334 lines", "334 \u{FF}=*",
        ]
    )
    func prompts(prompt: String) async throws {
        try await withPeer(.offered(["AUTH LOGIN"])) { peer in
            let task = await peer.begin { try await $0.logIn(Self.user) }
            try await peer.answer("AUTH LOGIN", with: prompt)
            try await peer.answer("dXNlcg==", with: prompt)
            try await peer.answer("c2VjcmV0", with: "235 ok")
            try await task.value
        }
    }

    @Test(
        "R4954-6 a response that does not fit the command line follows the first challenge",
        arguments: [369, 370]
    )
    func longResponse(passwordLength: Int) async throws {
        try await withPeer(.offered(["AUTH PLAIN"])) { peer in
            let password = String(repeating: "p", count: passwordLength)
            let response = Base64.encode(Array("\0u\0\(password)".utf8))
            let task = await peer.begin { try await $0.logIn(.init(username: "u", password: password)) }
            if passwordLength == 369 {
                try await peer.answer("AUTH PLAIN \(response)", with: "235 ok")
            } else {
                try await peer.answer("AUTH PLAIN", with: "334 ")
                try await peer.answer(response, with: "235 ok")
            }
            try await task.value
        }
    }

    // MARK: Challenges

    @Test(
        "R4954-3 S-D5 D5.3 a challenge of no octets, and an answer of none, which is an empty line",
        arguments: ["334", "334 "]
    )
    func emptyChallenge(challenge: String) async throws {
        try await withPeer(.offered(["AUTH X-ECHO"])) { peer in
            let task = await peer.begin { try await $0.authenticate(with: Echo()) }
            try await peer.answer("AUTH X-ECHO", with: challenge)
            try await peer.answer("", with: "235 ok")
            _ = try await task.value
        }
    }

    @Test("R4954-3 a challenge is decoded and its answer is a line of base64 and nothing else")
    func challenge() async throws {
        try await withPeer(.offered(["AUTH X-ECHO"])) { peer in
            let task = await peer.begin { try await $0.authenticate(with: Echo()) }
            try await peer.answer("AUTH X-ECHO", with: "334 AAEC/w==")
            try await peer.answer("AAEC/w==", with: "334 AA==")
            try await peer.answer("AA==", with: "235 ok")
            _ = try await task.value
        }
    }

    @Test(
        "R4954-4 R4954-5 S-D5 D5.1 a challenge that is not base64 is answered by *, and the session goes on",
        arguments: ["====", "=AAA", "AAA=BBB", "A", "AA*A", "AA", "AA==AA==", "AB==", " AAAA", "AAAA "]
    )
    func malformedChallenge(challenge: String) async throws {
        try await withPeer(.offered(["AUTH X-ECHO"])) { peer in
            let task = await peer.begin { try await $0.authenticate(with: Echo()) }
            try await peer.answer("AUTH X-ECHO", with: "334 \(challenge)")
            try await peer.answer("*", with: "501 5.7.0 cancelled")
            let error = try await peer.error(of: task)
            #expect(error.code == .authenticationFailed)
            #expect(error.underlying as? SASLError == SASLError(.malformedChallenge))
            #expect(await !peer.session.isAuthenticated)
            try await self.expectUsable(peer)
        }
    }

    @Test(
        "S-D5 D5.2 a challenge may have 12 288 octets, one that is endless is an error",
        arguments: [12_288, 20_000]
    )
    func longChallenge(length: Int) async throws {
        try await withPeer(.offered(["AUTH X-ECHO"])) { peer in
            let task = await peer.begin { try await $0.authenticate(with: Echo()) }
            let challenge = String(repeating: "A", count: length)
            try await peer.answer("AUTH X-ECHO", with: "334 \(challenge)")
            if length == 12_288 {
                try await peer.answer(challenge, with: "235 ok")
                _ = try await task.value
            } else {
                #expect(try await peer.error(of: task).code == .malformedReply)
                #expect(await !peer.isOpen)
            }
        }
    }

    @Test("S-D6 D6.1 R4954-5 a challenge after the last step is answered by *")
    func surplusChallenge() async throws {
        try await withPeer(.offered(["AUTH PLAIN"])) { peer in
            let task = await peer.begin { try await $0.logIn(Self.user) }
            try await peer.answer(Self.plain, with: "334 ")
            try await peer.answer("*", with: "501 cancelled")
            let error = try await peer.error(of: task)
            #expect(error.code == .authenticationFailed)
            #expect(error.underlying as? SASLError == SASLError(.unexpectedChallenge))
            try await self.expectUsable(peer)
        }
    }

    @Test("S-D6 D6.1 a server that goes on after * is left", arguments: ["334 ", "235 ok"])
    func endlessChallenges(reply: String) async throws {
        try await withPeer(.offered(["AUTH LOGIN"])) { peer in
            let task = await peer.begin { try await $0.logIn(Self.user) }
            try await peer.answer("AUTH LOGIN", with: "334 ")
            try await peer.answer("dXNlcg==", with: "334 ")
            try await peer.answer("c2VjcmV0", with: "334 ")
            try await peer.answer("*", with: reply)
            #expect(try await peer.error(of: task).code == .authenticationFailed)
            #expect(await !peer.isOpen)
            #expect(await !peer.session.isAuthenticated)
            #expect(try await peer.takeEverything().isEmpty)
        }
    }

    @Test("S-D6 a mechanism that never ends is cut off after ten challenges")
    func manySteps() async throws {
        try await withPeer(.offered(["AUTH X-ECHO"])) { peer in
            let task = await peer.begin { try await $0.authenticate(with: Echo()) }
            try await peer.answer("AUTH X-ECHO", with: "334 AA==")
            for _ in 1...10 { try await peer.answer("AA==", with: "334 AA==") }
            try await peer.answer("*", with: "501 cancelled")
            #expect(try await peer.error(of: task).code == .authenticationFailed)
        }
    }

    @Test("success before the mechanism is complete is not believed")
    func earlySuccess() async throws {
        try await withPeer(.offered(["AUTH X-SCRIPTED"])) { peer in
            let mechanism = Scripted([1], [2], completesAfter: 2)
            let task = await peer.begin { try await $0.authenticate(with: mechanism) }
            try await peer.answer("AUTH X-SCRIPTED AQ==", with: "235 ok")
            #expect(try await peer.error(of: task).code == .authenticationFailed)
            #expect(await !peer.session.isAuthenticated)
            #expect(await !peer.isOpen)
        }
    }

    @Test(
        "R4954-10 a reply to AUTH that is neither success nor refusal ends the connection",
        arguments: ["354 go", "199 x"]
    )
    func neitherSuccessNorRefusal(reply: String) async throws {
        try await withPeer(.offered(["AUTH PLAIN"])) { peer in
            let task = await peer.begin { try await $0.logIn(Self.user) }
            try await peer.answer(Self.plain, with: reply)
            _ = try await peer.error(of: task)
            #expect(await !peer.isOpen)
            #expect(await !peer.session.isAuthenticated)
        }
    }

    @Test("S-I1.4 a line behind the refusal that repeats the password is not shown by the next command")
    func passwordBehindTheRefusal() async throws {
        try await withPeer(.offered(["AUTH PLAIN"])) { peer in
            let task = await peer.begin { try await $0.logIn(Self.user) }
            try await peer.answer(Self.plain, with: "535 no\r\n535 bad password secret")
            _ = try await peer.error(of: task)
            let noop = await peer.begin { try await $0.noop() }
            let error = try await peer.error(of: noop)
            #expect(!"\(error)".contains("secret"))
            var dumped = ""
            dump(error, to: &dumped)
            #expect(!dumped.contains("secret"))
        }
    }

    // MARK: When, and what may be used

    @Test("R4954-8 AUTH is not sent again after success")
    func twice() async throws {
        try await withPeer(.offered(["AUTH PLAIN"])) { peer in
            let first = await peer.begin { try await $0.logIn(Self.user) }
            try await peer.answer(Self.plain, with: "235 ok")
            try await first.value
            let second = await peer.begin { try await $0.logIn(Self.user) }
            #expect(try await peer.error(of: second).code == .badSequence)
            try await peer.expectSilence()
            try await self.expectUsable(peer)
        }
    }

    @Test("R4954-8 of two logins at a time the second finds the session authenticated")
    func twiceAtATime() async throws {
        try await withPeer(.offered(["AUTH PLAIN"])) { peer in
            let first = await peer.begin { try await $0.logIn(Self.user) }
            let second = await peer.begin { try await $0.logIn(Self.user) }
            try await peer.answer(Self.plain, with: "235 ok")
            try await first.value
            #expect(try await peer.error(of: second).code == .badSequence)
            try await peer.expectSilence()
        }
    }

    @Test("R4954-8 AUTH is the last of its group, and nothing comes between its steps")
    func alone() async throws {
        try await withPeer(.offered(["PIPELINING", "AUTH LOGIN"])) { peer in
            let login = await peer.begin { try await $0.logIn(Self.user) }
            let noop = await peer.begin { try await $0.noop() }
            for (line, reply) in [("AUTH LOGIN", "334 "), ("dXNlcg==", "334 "), ("c2VjcmV0", "235 ok")] {
                try await peer.expect(line + "\r\n")
                try await peer.expectSilence()
                try await peer.send(reply + "\r\n")
            }
            try await peer.answer("NOOP", with: "250 ok")
            try await login.value
            _ = try await noop.value
        }
    }

    @Test(
        "535 ends it: no other mechanism gets the password; 504 and 534 refuse the mechanism only",
        arguments: [
            "535 5.7.8 no", "504 5.5.4 no", "534 5.7.9 too weak", "454 4.7.0 later", "432 4.7.12 change it",
        ]
    )
    func nextMechanism(refusal: String) async throws {
        try await withPeer(.offered(["AUTH PLAIN LOGIN"])) { peer in
            let task = await peer.begin { try await $0.logIn(Self.user) }
            try await peer.answer(Self.plain, with: refusal)
            if refusal.hasPrefix("504") || refusal.hasPrefix("534") {
                try await peer.answer("AUTH LOGIN", with: "334 ")
                try await peer.answer("dXNlcg==", with: "334 ")
                try await peer.answer("c2VjcmV0", with: "235 ok")
                try await task.value
            } else {
                try await peer.expectSilence()
                let error = try await peer.error(of: task)
                #expect(error.code == .authenticationFailed)
                #expect(error.reply.map { "\($0)" } == refusal)
                try await self.expectUsable(peer)
            }
        }
    }

    @Test(
        "S-D1 D1.1 over TCP without encryption no password is sent unless the caller allows it",
        arguments: [true, false]
    )
    func plaintext(isAllowed: Bool) async throws {
        let server = try SMTPServer(host: "192.0.2.1", tls: .plaintext)
        try await withPeer(
            .offered(["AUTH PLAIN LOGIN"]),
            server: server,
            configure: { $0.allowsPlaintextAuthentication = isAllowed }
        ) { peer in
            let task = await peer.begin { try await $0.logIn(Self.user) }
            if isAllowed {
                try await peer.answer(Self.plain, with: "235 ok")
                try await task.value
            } else {
                #expect(try await peer.error(of: task).code == .authenticationNeedsEncryption)
                try await peer.expectSilence()
            }
        }
    }

    @Test("a mechanism that is not offered is not tried", arguments: [["AUTH CRAM-MD5"], ["AUTH"], []])
    func notOffered(keywords: [String]) async throws {
        try await withPeer(.offered(keywords)) { peer in
            let task = await peer.begin { try await $0.logIn(Self.user) }
            #expect(try await peer.error(of: task).code == .noAuthenticationMechanism)
            try await peer.expectSilence()
            try await self.expectUsable(peer)
        }
    }

    @Test("S-E6 a task cancelled between challenge and answer closes the connection")
    func cancelled() async throws {
        try await withPeer(.offered(["AUTH LOGIN"])) { peer in
            let task = await peer.begin { try await $0.logIn(Self.user) }
            try await peer.answer("AUTH LOGIN", with: "334 ")
            try await peer.expect("dXNlcg==\r\n")
            task.cancel()
            let error = try await peer.error(of: task)
            #expect(error.code == .cancelled)
            #expect(await !peer.isOpen)
            #expect(try await peer.takeEverything().isEmpty)
        }
    }
}
