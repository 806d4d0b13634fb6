import SMTPTestServer
import Testing

@testable import AsyncSMTP

@Suite("Sessions: what would be done, and why", .timeLimit(.minutes(5)))
struct ForesightTests {
    private static func withSession(
        _ extensions: [String],
        configure: (inout SMTPConfiguration) -> Void = { _ in },
        _ body: (SMTPSession) async throws -> Void
    ) async throws {
        let configuration = try Loopback.configuration(configure)
        try await SMTPTestServer.withServer(.init(extensions: extensions)) { server in
            let place = try SMTPServer(host: "127.0.0.1", port: server.port, tls: .plaintext)
            try await SMTPSession.withSession(to: place, configuration: configuration, body)
        }
    }

    @Test(
        "R2920-1 the level of pipelining follows from the configuration and the server",
        arguments: PipeliningLevel.allCases
    )
    func pipelining(level: PipeliningLevel) async throws {
        for (extensions, limit, reason) in [
            (["SIZE"], .disabled, .notOffered), (["PIPELINING"], .session, .configured),
            (["PIPELINING", "BURL"], .transaction, .takesMessagesOneByOne),
            (["PIPELINING", "LIMITS RCPTDOMAINMAX=2"], .transaction, .limitsRecipientDomains),
        ] as [([String], PipeliningLevel, PipeliningChoice.Reason)] {
            try await Self.withSession(extensions, configure: { $0.sending.pipelining = level }) { session in
                let choice = await session.pipeliningChoice
                #expect(choice.level == min(level, limit))
                #expect(choice.reason == (level <= limit ? .configured : reason))
                #expect(choice.description == "\(choice.level): \(choice.explanation)")
                #expect(choice.explanation != choice.reason.description)
            }
        }
    }

    @Test("R2920-1 a server that did not keep up gets no groups, and the choice says so")
    func distrusted() async throws {
        try await Self.withSession(["PIPELINING"]) { session in
            await session.distrustPipelining()
            let choice = await session.pipeliningChoice
            #expect(choice.level == .disabled)
            #expect(choice.reason == .distrusted)
            #expect(choice.explanation != choice.reason.description)
        }
    }

    @Test("R3030-1 content goes in chunks where that is asked for and offered", arguments: [false, true])
    func chunks(isAsked: Bool) async throws {
        for isOffered in [false, true] {
            let extensions = isOffered ? ["CHUNKING"] : []
            try await Self.withSession(extensions, configure: { $0.sending.usesChunking = isAsked }) {
                #expect(await $0.sendsInChunks == (isAsked && isOffered))
            }
        }
    }

    @Test("S-D1.1 the first usable mechanism is the one that a login takes")
    func mechanism() async throws {
        let loopback = try SecureLoopback(["PLAIN", "SCRAM-SHA-256", "CRAM-MD5"])
        try await loopback.withSession { server, session in
            #expect(await session.mechanismVerdicts(for: nil).allSatisfy { $0.reason == .notOffered })
            try await session.hello()
            let verdicts = await session.mechanismVerdicts(for: SecureLoopback.user)
            #expect(verdicts.filter(\.isUsable).map(\.mechanism) == ["SCRAM-SHA-256", "PLAIN"])
            #expect(verdicts.contains { $0.mechanism == "CRAM-MD5" && $0.reason == .notAllowed })
            try await session.logIn(SecureLoopback.user)
            #expect(server.sessions.first?.authentication?.mechanism == "SCRAM-SHA-256")
        }
    }

    @Test(
        "a source address is usable or not before anything is connected",
        arguments: [
            ("127.0.0.1", 0, true), ("::1", 65_535, true), ("localhost", 0, false), ("", 0, false),
            ("127.0.0.1", -1, false), ("127.0.0.1", 65_536, false),
        ] as [(String, Int, Bool)]
    )
    func sourceAddress(address: String, port: Int, isUsable: Bool) {
        #expect(SourceAddress(address, port: port).isUsable == isUsable)
    }
}
