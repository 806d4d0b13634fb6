import Foundation
import MailAddress
import NIOCore
import NIOEmbedded
import SMTPCore
import Testing

@testable import AsyncSMTP

@Suite("Dialogue: EHLO, HELO and LHLO", .timeLimit(.minutes(20)))
struct HelloTests {
    @Test(
        "R5321-3.2-1 a server that does not know EHLO gets HELO",
        arguments: ["500", "501 no", "502 5.5.1 unknown", "504 no", "550 no", "554 no"]
    )
    func fallback(refusal: String) async throws {
        try await withPeer(.greeted) { peer in
            let task = await peer.begin { try await $0.hello() }
            try await peer.answer("EHLO client.example", with: refusal)
            try await peer.answer("HELO client.example", with: "250 mx.example")
            try await task.value
            #expect(await !peer.session.speaksESMTP)
            #expect(await peer.session.heloReply?.text == "mx.example")
            #expect(await peer.isOpen)
        }
    }

    @Test(
        "R5321-3.2-1 another refusal of EHLO is an error, and HELO is not tried",
        arguments: ["421 busy", "450 4.7.1 Host not found", "451 later", "530 no", "553 no", "571 no"]
    )
    func noFallback(refusal: String) async throws {
        try await withPeer(.greeted) { peer in
            let task = await peer.begin { try await $0.hello() }
            try await peer.answer("EHLO client.example", with: refusal)
            let error = try await peer.error(of: task)
            #expect(error.code == .helloRefused)
            #expect(error.reply.map { "\($0)" } == refusal)
            #expect(error.acceptance == (refusal.hasPrefix("4") ? .refusedTemporarily : .refusedPermanently))
            try await peer.expectSilence()
            #expect(await peer.isOpen == !refusal.hasPrefix("421"))
        }
    }

    @Test("a HELO that is refused is the error", arguments: ["550 no", "450 later"])
    func heloRefused(refusal: String) async throws {
        try await withPeer(.greeted) { peer in
            let task = await peer.begin { try await $0.hello() }
            try await peer.answer("EHLO client.example", with: "502 unknown")
            try await peer.answer("HELO client.example", with: refusal)
            let error = try await peer.error(of: task)
            #expect(error.code == .helloRefused)
            #expect(error.reply.map { "\($0)" } == refusal)
            try await peer.expectSilence()
        }
    }

    @Test("R5321-4.1.1.1-1 a message is preceded by EHLO, which is said once")
    func beforeTransaction() async throws {
        try await withPeer(.greeted) { peer in
            let first = try await peer.beginSend()
            try await peer.answer("EHLO client.example", with: "250 mx.example")
            try await peer.answerMessage()
            _ = try await first.value
            let second = try await peer.beginSend()
            try await peer.answerMessage()
            _ = try await second.value
        }
    }

    @Test(
        "R5321-4.1.1.1-4 after HELO no parameter, no AUTH and no group is used, though EHLO had offered them"
    )
    func afterHELO() async throws {
        try await withPeer(.offered(["SIZE", "PIPELINING", "8BITMIME", "AUTH PLAIN", "DSN"])) { peer in
            let helo = await peer.begin { try await $0.helo() }
            try await peer.answer("HELO client.example", with: "250 mx.example")
            #expect(try await helo.value.code == .ok)
            #expect(await peer.session.extensions == .none)

            let send = try await peer.beginSend()
            try await peer.answerMessage()
            _ = try await send.value

            let login = await peer.begin { try await $0.logIn(.init(username: "u", password: "p")) }
            #expect(try await peer.error(of: login).code == .noAuthenticationMechanism)
            var envelope = try Envelope(from: "a@client.example", to: ["b@x.example"])
            envelope.parameters.body = .require(.eightBitMIME)
            let demanding = await peer.begin { [envelope] in
                try await $0.send(.text(shortMessage), envelope: envelope)
            }
            #expect(try await peer.error(of: demanding).code == .notSupported)
            try await peer.expectSilence()
            #expect(await peer.isOpen)
        }
    }

    @Test("R5321-4.1.4-1 a later EHLO replaces what was offered")
    func laterEHLO() async throws {
        try await withPeer(.offered(["SIZE 10", "PIPELINING", "AUTH LOGIN", "LIMITS MAILMAX=1"])) { peer in
            let ehlo = await peer.begin { try await $0.ehlo() }
            try await peer.answer("EHLO client.example", with: ehloReply(["8BITMIME", "AUTH PLAIN"]))
            _ = try await ehlo.value
            #expect(await peer.session.extensions.keywords == [.eightBitMIME, .auth])
            #expect(await peer.session.extensions.authenticationMechanisms == ["PLAIN"])
            // Larger than the limit that is gone, and one command at a time.
            let send = try await peer.beginSend()
            try await peer.answerMessage()
            _ = try await send.value
        }
    }

    @Test("R5321-4.1.4-1 a later EHLO ends a transaction as RSET does")
    func laterEHLOEndsTransaction() async throws {
        try await withPeer { peer in
            let mail = await peer.begin { try await $0.mail(from: .null) }
            try await peer.answer("MAIL FROM:<>", with: "250 ok")
            _ = try await mail.value
            let early = try await peer.beginSend()
            #expect(try await peer.error(of: early).code == .badSequence)
            try await peer.expectSilence()

            let ehlo = await peer.begin { try await $0.ehlo() }
            try await peer.answer("EHLO client.example", with: "250 mx.example")
            _ = try await ehlo.value
            let send = try await peer.beginSend()
            try await peer.answerMessage()
            _ = try await send.value
        }
    }

    // MARK: LMTP

    @Test(
        "R2033-1 LMTP says LHLO, and nothing else when it is refused",
        arguments: ["500 no", "502 no", "421 no"]
    )
    func lmtp(refusal: String) async throws {
        try await withPeer(.greeted, server: .lmtp) { peer in
            let task = await peer.begin { try await $0.hello() }
            try await peer.answer("LHLO client.example", with: refusal)
            #expect(try await peer.error(of: task).code == .helloRefused)
            try await peer.expectSilence()
        }
    }

    @Test("R2033-1 EHLO and HELO are refused in LMTP, LHLO in SMTP, with nothing written")
    func wrongFlavour() async throws {
        try await withPeer(.greeted, server: .lmtp) { peer in
            let ehlo = await peer.begin { try await $0.ehlo() }
            #expect(try await peer.error(of: ehlo).code == .badSequence)
            let helo = await peer.begin { try await $0.helo() }
            #expect(try await peer.error(of: helo).code == .badSequence)
            try await peer.expectSilence()
        }
        try await withPeer(.greeted) { peer in
            let lhlo = await peer.begin { try await $0.lhlo() }
            #expect(try await peer.error(of: lhlo).code == .badSequence)
            try await peer.expectSilence()
        }
    }

    // MARK: The name

    @Test(
        "S-A2 A2.1 A2.2 a name that is none is an error before anything is written",
        arguments: [
            "hi\nX-INJECTED", "hi\r\nX-INJECTED", "", "a b", "a\u{0}b", "a\tb", "x\u{7F}.example",
            "a_b.example",
        ]
    )
    func badName(name: String) {
        #expect(throws: AddressError.self) { try HelloName(name) }
    }

    @Test(
        "Q09 S-A2 A2.3 a name of the system that servers refuse is not used",
        arguments: [
            "web_1", "web_1.example", "localhost", "localhost.localdomain", "host", "", "a b.example", "_",
        ]
    )
    func systemName(name: String) {
        #expect(HelloName(systemName: name) == nil)
    }

    @Test(
        "Q09 S-A2 A2.3 without a usable name the literal of the socket's address is said",
        arguments: [
            ("192.0.2.7", "[192.0.2.7]"), ("2001:db8::1", "[IPv6:2001:db8::1]"), (nil, "[127.0.0.1]"),
        ]
    )
    func literal(address: String?, expected: String) async throws {
        try await withPeer(.greeted, configure: { $0.helloName = nil }) { peer in
            peer.channel.localAddress = try address.map { try SocketAddress(ipAddress: $0, port: 1) }
            let task = await peer.begin { try await $0.hello() }
            // Where the system has a name that servers take, that goes first.
            let name = HelloName(systemName: ProcessInfo.processInfo.hostName)?.description ?? expected
            try await peer.answer("EHLO \(name)", with: "250 mx.example")
            try await task.value
        }
    }
}
