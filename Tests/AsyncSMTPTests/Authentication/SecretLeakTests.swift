import NIOCore
import NIOEmbedded
import SASL
import SMTPCore
import SMTPTestServer
import Testing
import TransferEncoding

@testable import AsyncSMTP

@Suite("Authentication: secrets stay inside", .timeLimit(.minutes(20)))
struct SecretLeakTests {
    private static let password = "tOp-sEcret"
    private static let token = "tOkEn-0123456789"

    /// How the server ends an exchange.
    enum End: CaseIterable { case success, refusal, cancel }

    private static func script(_ mechanism: String, _ end: End) -> SMTPTestServer.Script {
        let no = SMTPTestServer.Action.reply("535 5.7.8 no")
        let bad = SMTPTestServer.Action.reply("334 ====")
        let cancelled = SMTPTestServer.Action.reply("501 5.7.0 cancelled")
        switch (end, mechanism) {
        case (.success, _): return []
        case (.refusal, "LOGIN"): return [.on(.authResponse(occurrence: 2), no)]
        case (.refusal, "CRAM-MD5"): return [.on(.authResponse, no)]
        case (.refusal, let name) where name.hasPrefix("SCRAM"): return [.on(.authResponse, no)]
        case (.refusal, _): return [.on(.command("AUTH"), no)]
        case (.cancel, "LOGIN"):
            return [.on(.authResponse(occurrence: 2), bad), .on(.authResponse(occurrence: 3), cancelled)]
        case (.cancel, let name) where name.hasPrefix("SCRAM") || name == "CRAM-MD5":
            return [.on(.authResponse(occurrence: 1), bad), .on(.authResponse, cancelled)]
        case (.cancel, _): return [.on(.command("AUTH"), bad), .on(.authResponse, cancelled)]
        }
    }

    private static func credentials(_ mechanism: String) -> Credentials {
        switch mechanism {
        case "XOAUTH2", "OAUTHBEARER":
            .token(username: "user", source: TokenSource(fixed: Secret(Self.token)))
        case "EXTERNAL": .external(authorizationIdentity: "client-identity")
        case "ANONYMOUS": .anonymous(trace: "trace-of-a-user")
        default: Credentials(username: "user", password: Self.password)
        }
    }

    /// What went over the wire during AUTH and must not be told: each line, and what the fields of SCRAM hold.
    private static func secrets(_ server: SMTPTestServer) -> Set<String> {
        let lines = server.commands.drop { !$0.hasPrefix("AUTH ") }.flatMap { $0.split(separator: " ") }
        let challenges = (server.sessions.first?.replies ?? []).filter { $0.hasPrefix("334 ") }
            .map { $0.dropFirst(4) }
        var result: Set<String> = [
            Self.password, Self.token, Base64.encode(Array(Self.password.utf8)),
            Base64.encode(Array(Self.token.utf8)),
        ]
        for text in lines + challenges {
            guard text.utf8.count > 4, !SMTPTestServer.Configuration.allMechanisms.contains(String(text)),
                text != "AUTH", let octets = Base64.decode(Array(text.utf8))
            else { continue }
            result.insert(String(text))
            for field in octets.split(separator: UInt8(ascii: ",")) where field.dropFirst().first == 0x3D {
                let value = String(decoding: field.dropFirst(2), as: UTF8.self)
                if value.count > 6 { result.insert(value) }
            }
        }
        return result
    }

    @Test(
        "S-I1.1 H8 neither transcript nor error tells what went over the wire",
        arguments: SMTPTestServer.Configuration.allMechanisms,
        End.allCases
    )
    func mechanism(mechanism: String, end: End) async throws {
        let log = TranscriptLog()
        var loopback = try SecureLoopback([mechanism], script: Self.script(mechanism, end))
        loopback.server.users = ["user": Self.password]
        loopback.server.tokens = ["user": Self.token]
        var options = TLSServerConfiguration(identity: try loopback.authority.identity(for: ["127.0.0.1"]))
        options.clientTrustRoots = loopback.authority.trustRoots
        loopback.server.tls = .implicit(options)
        let client = try loopback.authority.clientIdentity(named: "client-identity")
        let configure: (inout SMTPConfiguration) -> Void = {
            $0.tls.identity = client
            $0.transcript = log.entries()
            $0.authentication = AuthenticationPolicy(mechanisms: [mechanism])
            $0.credentials = Self.credentials(mechanism)
        }
        try await loopback.withSession(configure: configure) { server, session in
            var told = ""
            do {
                try await session.logIn(Self.credentials(mechanism))
                #expect(end == .success)
            } catch {
                #expect(end != .success)
                told = "\(error) " + String(reflecting: error)
                dump(error, to: &told)
            }
            dump(session.configuration, to: &told)
            try await Loopback.expectUsable(session)
            #expect(server.commands.contains { $0.hasPrefix("AUTH \(mechanism)") })
            #expect(server.commands.contains("*") == (end == .cancel))
            let text = log.text
            #expect(text.contains("C: [redacted"))
            for secret in Self.secrets(server) {
                #expect(!text.contains(secret))
                #expect(!told.contains(secret))
            }
        }
    }

    /// What a server may say of a secret it got.
    private static let echoes = [
        Self.password, Base64.encode(Array(Self.password.utf8)),
        Base64.encode(Array("\0user\0\(Self.password)".utf8)),
    ]

    /// Everything that an error and a transcript tell.
    private func told(_ error: SMTPError, _ log: TranscriptLog) -> String {
        var told = log.text + "\(error) \(error.reply?.text ?? "") " + String(reflecting: error)
        dump(error, to: &told)
        told += String(decoding: error.reply?.rawText ?? [], as: UTF8.self)
        if let error = error.underlying as? ReplyError {
            told += String(decoding: error.excerpt + (error.reply?.rawText ?? []), as: UTF8.self)
        }
        return told
    }

    private func refused(with reply: String, of credentials: Credentials, offer: String) async throws {
        let log = TranscriptLog()
        try await withPeer(.offered(["AUTH \(offer)"]), configure: { $0.transcript = log.entries() }) {
            peer in
            let task = await peer.begin { try await $0.logIn(credentials) }
            let line = try await peer.channel.waitForOutboundWrite(as: ByteBuffer.self)
            #expect(String(buffer: line).hasPrefix("AUTH \(offer) "))
            try await peer.send(reply + "\r\n")
            let error = try await peer.error(of: task)
            for secret in Self.echoes + [Self.token, Base64.encode(Array(Self.token.utf8))] {
                #expect(!self.told(error, log).contains(secret))
            }
            guard await !peer.isOpen else { return }
            let noop = await peer.begin { try await $0.noop() }
            let later = try await peer.error(of: noop)
            for secret in Self.echoes { #expect(!self.told(later, log).contains(secret)) }
        }
    }

    @Test(
        "S-I1.4 a secret that the server repeats is told by nobody, then or later",
        arguments: Self.echoes,
        [
            "535 5.7.8 no: %", "535-5.7.8 no\r\n535 5.7.8 % is wrong", "454 4.7.0 %%", "421 4.7.0 % bye",
            "535-5.7.8 %\r\n550 5.7.8 no", "% is wrong",
        ]
    )
    func echo(secret: String, pattern: String) async throws {
        let reply = pattern.replacing("%", with: secret)
        let credentials = Credentials(username: "user", password: Self.password)
        try await self.refused(with: reply, of: credentials, offer: "PLAIN")
    }

    @Test(
        "S-I1.4 a token that the server repeats is told by nobody",
        arguments: [Self.token, Base64.encode(Array(Self.token.utf8))]
    )
    func echo(token: String) async throws {
        let credentials = Credentials.token(username: "user", source: TokenSource(fixed: Secret(Self.token)))
        try await self.refused(with: "535 5.7.8 \(token)", of: credentials, offer: "XOAUTH2")
    }

    @Test("S-I1.4 S-D7 a token in the reason of a refusal is told by nobody")
    func reason() async throws {
        let log = TranscriptLog()
        try await withPeer(.offered(["AUTH XOAUTH2"]), configure: { $0.transcript = log.entries() }) { peer in
            let source = TokenSource(fixed: Secret(Self.token))
            let task = await peer.begin { try await $0.logIn(.token(username: "user", source: source)) }
            _ = try await peer.channel.waitForOutboundWrite(as: ByteBuffer.self)
            let json = #"{"status":"401","token":"\#(Self.token)"}"#
            try await peer.send("334 \(Base64.encode(Array(json.utf8)))\r\n")
            try await peer.answer("", with: "535 5.7.8 no")
            let error = try await peer.error(of: task)
            #expect(error.description.contains("401"))
            #expect(!self.told(error, log).contains(Self.token))
        }
    }

    @Test("S-I1.3 H8 no way to print a configuration tells a secret")
    func configuration() throws {
        var configuration = SMTPConfiguration()
        configuration.credentials = Credentials(username: "user", password: Self.password)
        configuration.tls.identity = TLSIdentity(
            certificateChain: Array("certificate".utf8),
            privateKey: Secret("pRivAte-key"),
            passphrase: Secret("pAssphrAse")
        )
        let source = TokenSource(fixed: Secret(Self.token))
        let values: [Any] = [
            configuration, configuration.tls, configuration.credentials as Any,
            configuration.tls.identity as Any, Credentials.token(username: "user", source: source), source,
        ]
        let octets = [Self.password, "pRivAte-key", "pAssphrAse", Self.token].map { Array($0.utf8) }
        for value in values {
            var told = String(describing: value) + String(reflecting: value)
            dump(value, to: &told)
            told += self.reflected(value)
            for secret in octets {
                #expect(!told.contains(String(decoding: secret, as: UTF8.self)))
                // As an array of numbers it would be told as well.
                #expect(!told.contains("\(secret)".dropFirst().dropLast()))
                #expect(!told.contains("\(secret[0])\n\(secret[1])\n\(secret[2])\n"))
            }
        }
    }

    /// Every leaf that reflection finds, a line each.
    private func reflected(_ value: Any, depth: Int = 0) -> String {
        let children = Mirror(reflecting: value).children
        guard !children.isEmpty, depth < 12 else { return "\(value)\n" }
        return children.map { self.reflected($0.value, depth: depth + 1) }.joined()
    }
}
