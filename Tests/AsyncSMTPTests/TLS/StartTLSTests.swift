import NIOCore
import NIOEmbedded
import SASL
import SMTPCore
import Testing

@testable import AsyncSMTP

/// What happens in clear, before there is TLS: the part an attacker on the way can write.
@Suite("STARTTLS: what is said in clear", .timeLimit(.minutes(20)))
struct StartTLSTests {
    private static func server(_ mode: TLSMode, flavour: Flavour = .smtp) throws -> SMTPServer {
        try SMTPServer(host: "mx.example", tls: mode, flavour: flavour)
    }

    private static let user = Credentials(username: "user", password: "secret")

    /// Says hello and gets as far as STARTTLS.
    private func ask(_ peer: Peer, offering keywords: [String] = ["STARTTLS"]) async throws -> Task<
        Void, any Error
    > {
        let task = await peer.begin { try await $0.hello() }
        try await peer.answer("EHLO client.example", with: ehloReply(keywords))
        try await peer.expect("STARTTLS\r\n")
        return task
    }

    /// The connection is closed, and nothing more was said.
    private func expectSilentEnd(_ peer: Peer, sourceLocation: SourceLocation = #_sourceLocation) async throws
    {
        #expect(await !peer.isOpen, sourceLocation: sourceLocation)
        #expect(try await peer.takeEverything() == "", sourceLocation: sourceLocation)
    }

    // MARK: Behind the 220

    @Test(
        "S-C1.1 S-C1.2 R3207-5 octets behind the 220, a whole reply or a fragment, end the connection",
        arguments: [
            "220 go\r\n250-evil\r\n250 AUTH LOGIN\r\n", "220 go\r\n2", "220-x\r\n220 go\r\n250 x\r\n",
            "220 go\r\n\r\n", "220 go\r\n\0", "220 go\n250 AUTH PLAIN\n",
        ]
    )
    func injected(segment: String) async throws {
        try await withPeer(.greeted, server: Self.server(.startTLS)) { peer in
            let task = try await self.ask(peer)
            try await peer.send(segment)
            let error = try await peer.error(of: task)
            #expect(error.code == .unexpectedPlaintextBeforeTLS)
            #expect(error.stage == .tls)
            #expect(error.acceptance == .notAccepted)
            try await self.expectSilentEnd(peer)
            #expect(await !peer.session.isEncrypted)
            #expect(await peer.session.extensions.authenticationMechanisms == [])
        }
    }

    @Test("S-C1.2 a fragment that comes between the 220 and the first octet of TLS ends the connection too")
    func fragmentInASecondSegment() async throws {
        try await withPeer(.greeted, server: Self.server(.startTLS)) { peer in
            let task = try await self.ask(peer)
            try await peer.channel.testingEventLoop.executeInContext {
                peer.channel.pipeline.fireChannelRead(ByteBuffer(string: "220 go\r\n"))
                peer.channel.pipeline.fireChannelRead(ByteBuffer(string: "2"))
            }
            #expect(try await peer.error(of: task).code == .unexpectedPlaintextBeforeTLS)
            try await self.expectSilentEnd(peer)
        }
    }

    @Test(
        "S-C1.3 Q30 R3207-2 a 220 of one line or several, whatever its text, is followed by a ClientHello",
        arguments: ["220-x\r\n220 go\r\n", "220\r\n", "220 2.0.0 SMTP server ready\r\n"]
    )
    func granted(reply: String) async throws {
        try await withPeer(.greeted, server: Self.server(.startTLS)) { peer in
            let task = try await self.ask(peer)
            try await peer.send(reply)
            let hello = try #require(try await peer.takeSegment())
            #expect(hello.utf8.starts(with: [0x16, 0x03]), "a TLS record of the handshake")
            await peer.session.close()
            _ = await task.result
        }
    }

    @Test("S-C1.4 octets in clear instead of a ServerHello are no reply, and end the connection")
    func injectedAfterTheClientHello() async throws {
        try await withPeer(.greeted, server: Self.server(.startTLS)) { peer in
            let task = try await self.ask(peer)
            try await peer.send("220 go\r\n")
            _ = try await peer.takeSegment()
            try await peer.send("250-evil\r\n250 AUTH PLAIN\r\n")
            let error = try await peer.error(of: task)
            #expect(error.code == .tlsFailed)
            #expect(error.underlying is TLSError)
            #expect(await !peer.isOpen)
            #expect(await peer.session.extensions == .none)
            #expect(await !peer.session.isEncrypted)
        }
    }

    @Test("S-C1.5 replies sent along with a refusal are not taken for anything: nothing follows STARTTLS")
    func pipelinedRefusal() async throws {
        try await withPeer(.greeted, server: Self.server(.startTLS)) { peer in
            let task = try await self.ask(peer)
            try await peer.send("454 currently unavailable\r\n235 Authenticated\r\n250 ok\r\n")
            #expect(try await peer.error(of: task).code == .startTLSUnavailable)
            try await self.expectSilentEnd(peer)
            #expect(await !peer.session.isAuthenticated)
        }
    }

    // MARK: Taking the offer away

    @Test(
        "S-C2.1 S-C2.4 Q29 R3207-4 without an offer nothing but EHLO goes out, whatever is asked for",
        arguments: [["AUTH PLAIN"], ["AUTH PLAIN", "XXXXXXXA"], []],
        ["logIn", "send", "mail"]
    )
    func stripped(keywords: [String], request: String) async throws {
        try await withPeer(.greeted, server: Self.server(.startTLS)) { peer in
            let task = await peer.begin { session in
                switch request {
                case "logIn": try await session.logIn(Self.user)
                case "mail": try await session.mail(from: ReversePath("a@client.example"))
                default:
                    let envelope = try Envelope(from: "a@client.example", to: ["b@x.example"])
                    try await session.send(.text(shortMessage), envelope: envelope)
                }
            }
            try await peer.answer("EHLO client.example", with: ehloReply(keywords))
            let error = try await peer.error(of: task)
            #expect(error.code == .startTLSUnavailable)
            #expect(error.description.contains("on the way"))
            try await self.expectSilentEnd(peer)
        }
    }

    @Test(
        "S-C2.2 R3207-2 only 220 begins TLS: nothing follows any other answer",
        arguments: ["502 x", "454 x", "354 x", "221 x", "250 ok", "530 x", "421 x", "235 ok", "501 x"]
    )
    func refused(reply: String) async throws {
        try await withPeer(.greeted, server: Self.server(.startTLS)) { peer in
            let task = try await self.ask(peer)
            try await peer.send(reply + "\r\n")
            let error = try await peer.error(of: task)
            #expect(error.code == (reply.hasPrefix("421") ? .serverClosing : .startTLSUnavailable))
            #expect(error.reply.map { "\($0)" } == reply)
            try await self.expectSilentEnd(peer)
        }
    }

    @Test(
        "S-C2.2 Q31 a server that says 220 and then closes, or sends garbage, gets nothing more",
        arguments: [true, false]
    )
    func noTLSBehindThe220(closes: Bool) async throws {
        try await withPeer(.greeted, server: Self.server(.startTLS)) { peer in
            let task = try await self.ask(peer)
            try await peer.send("220 go\r\n")
            _ = try await peer.takeSegment()
            if closes { try await peer.close() } else { try await peer.send("\u{7}\u{7}\u{7}garbage\r\n") }
            let error = try await peer.error(of: task)
            #expect(error.code == (closes ? .disconnected : .tlsFailed))
            #expect(error.stage == .tls)
            #expect(await !peer.isOpen)
        }
    }

    @Test("S-C2.3 where TLS is required a refused EHLO is not repeated as HELO")
    func noHELO() async throws {
        try await withPeer(.greeted, server: Self.server(.startTLS)) { peer in
            let task = await peer.begin { try await $0.logIn(Self.user) }
            try await peer.answer("EHLO client.example", with: "500 unknown")
            #expect(try await peer.error(of: task).code == .helloRefused)
            try await peer.expectSilence()
        }
    }

    @Test("S-C2 a HELO of the caller does not do away with TLS")
    func ownHELO() async throws {
        try await withPeer(.greeted, server: Self.server(.startTLS)) { peer in
            let helo = await peer.begin { try await $0.helo() }
            try await peer.answer("HELO client.example", with: "250 mx.example")
            _ = try await helo.value
            let task = await peer.begin { try await $0.mail(from: ReversePath("a@client.example")) }
            try await peer.answer("EHLO client.example", with: ehloReply([]))
            #expect(try await peer.error(of: task).code == .startTLSUnavailable)
            try await self.expectSilentEnd(peer)
        }
    }

    @Test(
        "S-C2 commands by hand do not go out in clear where TLS is required",
        arguments: ["MAIL", "RCPT", "DATA", "AUTH", "VRFY", "XCLIENT", "auth", "BDAT"]
    )
    func byHand(verb: String) async throws {
        try await withPeer(.greeted, server: Self.server(.startTLS)) { peer in
            let ask = await peer.begin { try await $0.command(verb, "x") }
            #expect(try await peer.error(of: ask).code == .badSequence)
            let put = await peer.begin { try await $0.putCommand(verb, "x") }
            #expect(try await peer.error(of: put).code == .badSequence)
            let raw = await peer.begin {
                try await $0.send(rawOctets: Array("\(verb) x\r\n".utf8), expectingReplies: 1)
            }
            #expect(try await peer.error(of: raw).code == .badSequence)
            try await peer.expectSilence()
            #expect(await peer.isOpen)
        }
    }

    // MARK: By hand, and where TLS is not required

    @Test(
        "S-C3.1 R3207-2 smtplib.starttls refused throws, and the session knows that it is in clear",
        arguments: ["454 4.7.0 no", "502 no", "530 no"]
    )
    func byHandRefused(reply: String) async throws {
        try await withPeer(.greeted, server: Self.server(.plaintext)) { peer in
            let task = await peer.begin { try await $0.startTLS() }
            try await peer.answer("EHLO client.example", with: ehloReply(["STARTTLS"]))
            try await peer.answer("STARTTLS", with: reply)
            let error = try await peer.error(of: task)
            #expect(error.code == .startTLSUnavailable)
            #expect(await !peer.session.isEncrypted)
            let noop = await peer.begin { try await $0.noop() }
            try await peer.answer("NOOP", with: "250 ok")
            _ = try await noop.value
        }
    }

    @Test(
        "R3207-1 STARTTLS is not sent where it is not offered, and not inside a transaction",
        arguments: [true, false]
    )
    func byHandImpossible(isOffered: Bool) async throws {
        let keywords = isOffered ? ["STARTTLS"] : []
        try await withPeer(.offered(keywords), server: Self.server(.plaintext)) { peer in
            if isOffered {
                let mail = await peer.begin { try await $0.mail(from: ReversePath("a@client.example")) }
                try await peer.answer("MAIL FROM:<a@client.example>", with: "250 ok")
                _ = try await mail.value
            }
            let task = await peer.begin { try await $0.startTLS() }
            #expect(try await peer.error(of: task).code == (isOffered ? .badSequence : .startTLSUnavailable))
            try await peer.expectSilence()
            #expect(await peer.isOpen)
        }
    }

    @Test(
        "opportunistic TLS goes on in clear where STARTTLS is not offered or refused, and asks once",
        arguments: [true, false]
    )
    func opportunistic(isOffered: Bool) async throws {
        try await withPeer(.greeted, server: Self.server(.opportunistic)) { peer in
            let task = await peer.begin { try await $0.hello() }
            try await peer.answer("EHLO client.example", with: ehloReply(isOffered ? ["STARTTLS"] : []))
            if isOffered { try await peer.answer("STARTTLS", with: "454 4.7.0 later") }
            try await task.value
            let send = try await peer.beginSend()
            try await peer.answerMessage()
            #expect(try await send.value.negotiation.tls == nil)
            let login = await peer.begin { try await $0.logIn(Self.user) }
            #expect(try await peer.error(of: login).code == .noAuthenticationMechanism)
            try await peer.expectSilence()
        }
    }

    @Test("opportunistic TLS asks a server that knows only HELO once, not before every message")
    func opportunisticHELO() async throws {
        try await withPeer(.greeted, server: Self.server(.opportunistic)) { peer in
            let task = await peer.begin { try await $0.hello() }
            try await peer.answer("EHLO client.example", with: "502 unknown")
            try await peer.answer("HELO client.example", with: "250 mx.example")
            try await task.value
            for _ in 1...2 {
                let send = try await peer.beginSend()
                try await peer.answerMessage()
                _ = try await send.value
            }
        }
    }

    @Test("opportunistic TLS that begins and fails is an error: nothing goes out in clear afterwards")
    func opportunisticFailure() async throws {
        try await withPeer(.greeted, server: Self.server(.opportunistic)) { peer in
            let task = await peer.begin { try await $0.hello() }
            try await peer.answer("EHLO client.example", with: ehloReply(["STARTTLS"]))
            try await peer.answer("STARTTLS", with: "220 go")
            _ = try await peer.takeSegment()
            try await peer.send("garbage\r\n")
            #expect(try await peer.error(of: task).code == .tlsFailed)
            #expect(await !peer.isOpen)
        }
    }

    @Test("Q71 LMTP encrypts by STARTTLS behind LHLO")
    func lmtp() async throws {
        try await withPeer(.greeted, server: Self.server(.startTLS, flavour: .lmtp)) { peer in
            let task = await peer.begin { try await $0.hello() }
            try await peer.answer("LHLO client.example", with: ehloReply(["STARTTLS"]))
            try await peer.answer("STARTTLS", with: "502 no")
            #expect(try await peer.error(of: task).code == .startTLSUnavailable)
            try await self.expectSilentEnd(peer)
        }
    }

    // MARK: Time

    @Test("the reply to STARTTLS and the handshake have their time, counted from the command and the 220")
    func timeouts() async throws {
        let configure: (inout SMTPConfiguration) -> Void = {
            $0.timeouts.hello = .seconds(7)
            $0.timeouts.tlsHandshake = .seconds(5)
        }
        try await withPeer(.greeted, server: Self.server(.startTLS), configure: configure) { peer in
            let task = try await self.ask(peer)
            try await peer.expectTimeout(after: .seconds(7))
            #expect(try await peer.error(of: task).code == .timedOut)
        }
        try await withPeer(.greeted, server: Self.server(.startTLS), configure: configure) { peer in
            let task = try await self.ask(peer)
            try await peer.send("220 go\r\n")
            _ = try await peer.takeSegment()
            try await peer.expectTimeout(after: .seconds(5))
            let error = try await peer.error(of: task)
            #expect(error.code == .timedOut)
            #expect(error.stage == .tls)
        }
    }

    @Test("S-E6 a task cancelled during the handshake closes the connection")
    func cancelled() async throws {
        try await withPeer(.greeted, server: Self.server(.startTLS)) { peer in
            let task = try await self.ask(peer)
            try await peer.send("220 go\r\n")
            _ = try await peer.takeSegment()
            task.cancel()
            #expect(try await peer.error(of: task).code == .cancelled)
            #expect(await !peer.isOpen)
        }
    }

    @Test("Q27 no greeting in time hints at the mode")
    func greetingHint() async throws {
        try await withPeer(.connected, server: Self.server(.plaintext)) { peer in
            let task = await peer.begin { try await $0.takeGreeting() }
            await peer.advance(.seconds(300))
            let error = try await peer.error(of: task)
            #expect(error.description.contains("implicit"))
        }
    }
}
