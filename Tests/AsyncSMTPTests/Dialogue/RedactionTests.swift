import NIOCore
import SASL
import SMTPCore
import Testing
import TransferEncoding

@testable import AsyncSMTP

@Suite("Dialogue: secrets stay out of transcripts and errors", .timeLimit(.minutes(20)))
struct RedactionTests {
    /// How an AUTH exchange goes: what the server says after each line.
    struct Course: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let mechanism: String
        var password = "tOp-sEcret"
        let replies: [String]

        static let all = [
            Course(testDescription: "PLAIN, accepted", mechanism: "PLAIN", replies: ["235 2.7.0 ok"]),
            Course(testDescription: "PLAIN, refused", mechanism: "PLAIN", replies: ["535 5.7.8 no"]),
            Course(
                testDescription: "PLAIN, cancelled",
                mechanism: "PLAIN",
                replies: ["334 ", "501 5.7.0 cancelled"]
            ),
            Course(
                testDescription: "PLAIN without initial response, accepted",
                mechanism: "PLAIN",
                password: String(repeating: "tOp-sEcret", count: 40),
                replies: ["334 ", "235 2.7.0 ok"]
            ),
            Course(
                testDescription: "PLAIN without initial response, refused",
                mechanism: "PLAIN",
                password: String(repeating: "tOp-sEcret", count: 40),
                replies: ["334 ", "535 5.7.8 no"]
            ),
            Course(
                testDescription: "LOGIN, accepted",
                mechanism: "LOGIN",
                replies: ["334 VXNlcm5hbWU6", "334 UGFzc3dvcmQ6", "235 2.7.0 ok"]
            ),
            Course(
                testDescription: "LOGIN, refused",
                mechanism: "LOGIN",
                replies: ["334 VXNlcm5hbWU6", "334 UGFzc3dvcmQ6", "535 5.7.8 no"]
            ),
            Course(
                testDescription: "LOGIN, cancelled",
                mechanism: "LOGIN",
                replies: ["334 a", "334 b", "334 c", "501 5.7.0 cancelled"]
            ),
            Course(
                testDescription: "LOGIN, closed",
                mechanism: "LOGIN",
                replies: ["334 a", "334 b", "421 bye"]
            ),
        ]
    }

    private static func secrets(_ password: String) -> [String] {
        let plain = Array("\0user\0\(password)".utf8)
        return [
            password, "tOp-sEcret", Base64.encode(Array(password.utf8)), Base64.encode(plain),
            Base64.encode(Array("user".utf8)),
        ]
    }

    @Test("S-I1 I1.1 neither password nor response is in the transcript or the error", arguments: Course.all)
    func mechanisms(course: Course) async throws {
        let log = TranscriptLog()
        try await withPeer(
            .offered(["AUTH \(course.mechanism)"]),
            configure: { $0.transcript = log.entries() }
        ) { peer in
            let credentials = Credentials(username: "user", password: course.password)
            let task = await peer.begin { try await $0.logIn(credentials) }
            var wire = ""
            for reply in course.replies {
                wire += try #require(try await peer.takeSegment())
                try await peer.send(reply + "\r\n")
            }
            // The secret did go out.
            let isSent = Self.secrets(course.password).dropFirst(2).prefix(2).contains { wire.contains($0) }
            #expect(isSent)
            if case .failure(let error) = await task.result {
                for secret in Self.secrets(course.password) { #expect(!"\(error)".contains(secret)) }
            }
            for secret in Self.secrets(course.password) { #expect(!log.text.contains(secret)) }
            #expect(log.text.contains("C: [redacted"))

            guard await peer.isOpen else { return }
            let noop = await peer.begin { try await $0.noop("after") }
            try await peer.answer("NOOP after", with: "250 ok")
            _ = try await noop.value
            #expect(log.text.hasSuffix("C: NOOP after\nS: 250 ok"))
        }
    }

    @Test(
        "S-I1 I1.2 AUTH by a command of the caller is redacted, however it is spelled",
        arguments: [("AUTH", " PLAIN  c2VjcmV0"), ("auth", "plain c2VjcmV0"), ("Auth", "X-OWN c2VjcmV0")],
        [true, false]
    )
    func commands(command: (verb: String, argument: String), waitsForReply: Bool) async throws {
        let log = TranscriptLog()
        try await withPeer(configure: { $0.transcript = log.entries() }) { peer in
            let task = await peer.begin { session in
                if waitsForReply { return try await session.command(command.verb, command.argument) }
                try await session.putCommand(command.verb, command.argument)
                return try await session.readReply()
            }
            try await peer.answer("\(command.verb.uppercased()) \(command.argument)", with: "535 5.7.8 no")
            _ = try await task.value
            #expect(!log.text.contains("c2VjcmV0"))
            #expect(log.text.contains("S: 535 5.7.8 no"))
        }
    }

    @Test(
        "S-I1 I1.2 octets of the caller are redacted from AUTH to its last reply, step by step",
        arguments: [true, false]
    )
    func steps(isRaw: Bool) async throws {
        let log = TranscriptLog()
        try await withPeer(configure: { $0.transcript = log.entries() }) { peer in
            let lines = [
                ("AUTH LOGIN", "334 VXNlcm5hbWU6"), ("dXNlcg==", "334 UGFzc3dvcmQ6"), ("c2VjcmV0", "235 ok"),
            ]
            for (line, reply) in lines {
                let task = await peer.begin { session in
                    if line.hasPrefix("AUTH"), !isRaw { return try await session.command("AUTH", "LOGIN") }
                    try await session.send(rawOctets: Array("\(line)\r\n".utf8), expectingReplies: 1)
                    return try await session.readReply()
                }
                try await peer.answer(line, with: reply)
                _ = try await task.value
            }
            for secret in ["dXNlcg==", "c2VjcmV0", "UGFzc3dvcmQ6"] { #expect(!log.text.contains(secret)) }

            let noop = await peer.begin { try await $0.noop("after") }
            try await peer.answer("NOOP after", with: "250 ok")
            _ = try await noop.value
            #expect(log.text.hasSuffix("C: NOOP after\nS: 250 ok"))
        }
    }

    @Test("S-I1 an AUTH that waited behind another one is redacted as well")
    func waiting() async throws {
        let log = TranscriptLog()
        try await withPeer(.offered(["AUTH PLAIN"]), configure: { $0.transcript = log.entries() }) { peer in
            let login = await peer.begin { try await $0.logIn(.init(username: "user", password: "p")) }
            let raw = await peer.begin { try await $0.command("AUTH", "PLAIN c2VjcmV0") }
            try await peer.answer("AUTH PLAIN \(Base64.encode(Array("\0user\0p".utf8)))", with: "535 no")
            _ = await login.result
            try await peer.answer("AUTH PLAIN c2VjcmV0", with: "535 no")
            _ = try await raw.value
            #expect(!log.text.contains("c2VjcmV0"))
        }
    }

    @Test("S-I1 a transcript that begins between challenge and response shows nothing either")
    func late() async throws {
        let log = TranscriptLog()
        try await withPeer { peer in
            let first = await peer.begin { try await $0.command("AUTH", "PLAIN") }
            try await peer.answer("AUTH PLAIN", with: "334 ")
            _ = try await first.value
            await peer.session.setTranscript(log.entries())
            let second = await peer.begin { session in
                try await session.send(rawOctets: Array("c2VjcmV0\r\n".utf8), expectingReplies: 1)
                return try await session.readReply()
            }
            try await peer.answer("c2VjcmV0", with: "235 ok")
            _ = try await second.value
            #expect(log.text == "C: [redacted 8 octets]\nS: 235 ok")
        }
    }
}
