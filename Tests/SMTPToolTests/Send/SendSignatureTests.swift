import AsyncSMTP
import Foundation
import SMTPTestServer
import Testing

@Suite("smtp send: DKIM", .timeLimit(.minutes(5)))
struct SendSignatureTests {
    /// Checks that the signature in front is that of the octets behind it.
    private static func check(_ octets: [UInt8], _ key: DKIMKey) throws {
        let head = String(decoding: octets.prefix(2_000), as: UTF8.self)
        #expect(head.hasPrefix("DKIM-Signature: "))
        let time = try #require(head.firstMatch(of: #/t=([0-9]+)/#).flatMap { Int64($0.1) })
        // The field ends in front of the first line that is no fold.
        let end = try #require(head.firstRange(of: #/\r\n[^ \t]/#)?.lowerBound)
        let length = head[..<end].utf8.count + 2
        let signer = try DKIMSigner(domain: "example.org", selector: "s1", key: key)
        let rest = Array(octets[length...])
        // Both algorithms give the same signature for the same octets.
        #expect(try DKIMSigner.sign(rest, with: [signer], secondsSince1970: time) == octets)
    }

    private static func withKey(_ body: (DKIMKey, [String]) async throws -> Void) async throws {
        let key = try DKIMKey.generate(.ed25519SHA256)
        let pem = try key.pem().copy()
        try await Sending.withFile(pem, named: "key.pem") { path in
            try await body(
                key,
                ["--dkim-domain", "example.org", "--dkim-selector", "s1", "--dkim-key", path]
            )
        }
    }

    @Test(
        "messages are signed as they go out, made of options or read from a file or a pipe",
        arguments: [1, 200_000]
    )
    func signed(length: Int) async throws {
        let eml = Sending.eml + Array(String(repeating: "line\r\n", count: length / 6 + 1).utf8)
        try await Self.withKey { key, options in
            try await Sending.withFile(eml) { path in
                for message in [
                    Sending.letter, ["--eml", path], ["--eml", "-"],
                    ["--eml", "-", "--from", "x@example.org", "--to", "y@example.net"],
                ] {
                    try await Sending.run(message + options, input: eml) { run, server in
                        #expect(run.status == 0, "\(run.errors)")
                        try Self.check(try #require(server.messages.first).content, key)
                    }
                    let dry = try await Sending.run(message + options + ["--dry-run"], input: eml)
                    #expect(dry.status == 0, "\(dry.errors)")
                    try Self.check(Array(dry.output.utf8), key)
                }
            }
        }
    }

    @Test("the options need each other, and a usable key")
    func wrong() async throws {
        try await Self.withKey { _, options in
            for count in [2, 4] {
                let run = try await Sending.run(Sending.letter + ["--dry-run"] + options.prefix(count))
                #expect(run.status == 64)
                #expect(run.errors.contains("need each other"))
            }
            for (place, value, status) in [
                (1, "not a domain", 64), (3, "", 64), (5, "/nonexistent/key.pem", 78), (5, "/dev/null", 78),
            ] as [(Int, String, Int32)] {
                var options = options
                options[place] = value
                let run = try await Sending.run(Sending.letter + ["--dry-run"] + options)
                #expect(run.status == status, "\(run.errors)")
                #expect(run.errors.contains("--dkim") || run.errors.contains(value))
            }
        }
    }
}
