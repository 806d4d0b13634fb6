import Foundation
import NIOOpenSSL
import SMTPTestServer
import Testing

@Suite("smtp: TLS options", .timeLimit(.minutes(5)))
struct TLSOptionTests {
    /// Runs `smtp check --json` against a server with implicit TLS.
    private func check(
        asksClients: Bool = false,
        host: String = "localhost",
        _ options: [String]
    ) async throws -> (run: Tool.Run, record: SMTPTestServer.SessionRecord?) {
        var configuration = SMTPTestServer.Configuration(mechanisms: ["EXTERNAL"])
        configuration.tls = .implicit(try TestAuthority.shared.options(asksClients: asksClients))
        return try await SMTPTestServer.withServer(configuration) { server in
            let url = server.url("smtps", host: host, tls: nil)
            let run = try await Tool.run(["check", "--json", "--server", url] + options)
            return (run, server.sessions.first)
        }
    }

    private func tls(_ run: Tool.Run) throws -> [String: Any] {
        try #require(try run.json()["tls"] as? [String: Any], "\(run.errors)")
    }

    @Test("--ca-file is trusted in place of the system's")
    func authorityFile() async throws {
        let without = try await self.check([])
        #expect(without.run.status == 76)
        #expect(without.run.errors.contains("certificateRejected"))
        #expect(try without.run.json()["tls"] is NSNull)
        let with = try await self.check(["--ca-file", try TestAuthority.shared.file("ca.pem")])
        #expect(with.run.status == 0, "\(with.run.errors)")
        #expect(try self.tls(with.run)["verified"] as? Bool == true)
        #expect(try self.tls(with.run)["verifiedName"] as? String == "localhost")
    }

    @Test("the certificate must be for the host")
    func name() async throws {
        let run = try await self.check(
            host: "127.0.0.2",
            ["--ca-file", try TestAuthority.shared.file("ca.pem")]
        ).run
        #expect(run.status == 69 || run.status == 76, "\(run.errors)")
    }

    @Test("--pin: a right one is enough, a wrong one is refused even without verification")
    func pin() async throws {
        let authority = try TestAuthority.shared
        let wrong = String(repeating: "ab", count: 32)
        let right = try await self.check(["--pin", authority.pin, "--insecure-skip-verification"]).run
        #expect(right.status == 0, "\(right.errors)")
        #expect(try self.tls(right)["verified"] as? Bool == true)
        let oneOfTwo = try await self.check(
            ["--pin", wrong, "--pin", authority.pin.uppercased(), "--ca-file", authority.file("ca.pem")]
        ).run
        #expect(oneOfTwo.status == 0, "\(oneOfTwo.errors)")
        for more in [["--insecure-skip-verification"], ["--ca-file", authority.file("ca.pem")]] {
            let refused = try await self.check(["--pin", wrong] + more).run
            #expect(refused.status == 76)
            #expect(refused.errors.contains("certificateRejected"))
        }
        for malformed in ["", "abcd", String(repeating: "x", count: 64)] {
            let run = try await self.check(["--pin", malformed]).run
            #expect(run.status == 64)
            #expect(run.errors.contains("64 hexadecimal digits"))
        }
    }

    @Test("--insecure-skip-verification takes any certificate, and does not call it verified")
    func insecure() async throws {
        let run = try await self.check(["--insecure-skip-verification"]).run
        #expect(run.status == 0, "\(run.errors)")
        #expect(try self.tls(run)["verified"] as? Bool == false)
        #expect(try self.tls(run)["verifiedName"] is NSNull)
    }

    @Test("--client-certificate and --client-key are shown to the server, and log in by EXTERNAL")
    func client() async throws {
        let authority = try TestAuthority.shared
        let trust = ["--ca-file", authority.file("ca.pem")]
        let identity = [
            "--client-certificate", authority.file("client.pem"), "--client-key",
            authority.file("client.key"),
        ]
        let (run, record) = try await self.check(
            asksClients: true,
            trust + identity + ["--auth", "EXTERNAL"]
        )
        #expect(run.status == 0, "\(run.errors)")
        #expect(record?.tls?.clientCertificateSubject?.contains("client-identity") == true)
        #expect(record?.authentication?.mechanism == "EXTERNAL")
        #expect(try run.json()["authenticated"] as? Bool == true)
        let without = try await self.check(asksClients: true, trust).run
        #expect(without.status == 76 || without.status == 69, "\(without.errors)")
        for half in [identity.prefix(2), identity.suffix(2)] {
            let run = try await self.check(trust + half).run
            #expect(run.status == 64)
            #expect(run.errors.contains("need each other"))
        }
    }

    @Test("files that cannot be read, or hold something else, are faults of the configuration")
    func files() async throws {
        let authority = try TestAuthority.shared
        let (certificate, key) = (authority.file("client.pem"), authority.file("client.key"))
        try await TestFile.with("no PEM\n") { junk in
            for bad in [junk, "/nonexistent/file"] {
                for options in [
                    ["--ca-file", bad],
                    ["--client-certificate", bad, "--client-key", key],
                    ["--client-certificate", certificate, "--client-key", bad],
                ] {
                    let run = try await self.check(options).run
                    #expect(run.status == 78, "\(options): \(run.errors)")
                }
            }
        }
        // A key of another certificate.
        let other = try await self.check(
            ["--client-certificate", authority.file("ca.pem"), "--client-key", key]
        ).run
        #expect(other.status == 78, "\(other.errors)")
    }
}
