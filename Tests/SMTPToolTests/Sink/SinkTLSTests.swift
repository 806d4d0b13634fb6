import AsyncSMTP
import Foundation
import SMTPTestServer
import Testing

@Suite("smtp sink: TLS", .timeLimit(.minutes(5)))
struct SinkTLSTests {
    private static let modes = [
        ["--tls"], ["--implicit-tls"], ["--tls", "--lmtp"], ["--implicit-tls", "--lmtp"],
    ]

    private func configuration(_ roots: TrustRoots) -> SMTPConfiguration {
        var configuration = SMTPConfiguration()
        configuration.tls.trustRoots = roots
        return configuration
    }

    @Test("a certificate is made; clients trust its authority, or its pin", arguments: modes)
    func madeCertificate(mode: [String]) async throws {
        try await SinkDirectory.with { directory in
            let file = directory.appending(path: "ca.pem").path()
            let sink = try await RunningSink.start(mode + ["--write-ca", file, "--json"])
            let trusting = self.configuration(.file(file))
            let receipt = try await sink.deliver(trusting)
            #expect(receipt.negotiation.tls?.isVerified == true)

            let start = try #require(sink.tool.output.split(separator: "\n").first)
            let pin = try #require(start.firstMatch(of: #/"pin":"([0-9a-f]{64})"/#)?.1)
            #expect(sink.tool.errors.contains("has the pin \(pin)\n"))
            var pinned = trusting
            pinned.tls.pinnedKeys = [try PublicKeyPin(hex: String(pin))]
            try await sink.deliver(pinned)
            pinned.tls.pinnedKeys = [try PublicKeyPin(octets: Array(repeating: 0, count: 32))]
            await #expect(throws: SMTPError.self) { try await sink.deliver(pinned) }
            await #expect(throws: SMTPError.self) { try await sink.deliver(SMTPConfiguration()) }

            let run = try await sink.stop()
            #expect(run.status == 0)
            let messages = try run.messages()
            #expect(messages.count == 2)
            let tls = try #require(messages.first?["tls"] as? [String: String])
            #expect(Set(tls.keys) == ["version", "cipher"])
            #expect(tls["version"] == receipt.negotiation.tls.map { "\($0.version)" })
            #expect(tls["cipher"] == receipt.negotiation.tls?.cipher)
        }
    }

    @Test("the made certificate is for the host too")
    func madeForHost() async throws {
        try await SinkDirectory.with { directory in
            let file = directory.appending(path: "ca.pem").path()
            let sink = try await RunningSink.start(["--tls", "--write-ca", file, "--host", "127.0.0.3"])
            #expect(sink.url.hasPrefix("smtp://127.0.0.3:"))
            try await sink.deliver(self.configuration(.file(file)))
            _ = try await sink.stop()
        }
    }

    @Test("a certificate of one's own is shown", arguments: [[], ["--tls"], ["--implicit-tls"]])
    func ownCertificate(mode: [String]) async throws {
        try await SinkDirectory.with { directory in
            let pair = try OwnCertificate(in: directory)
            let sink = try await RunningSink.start(
                mode + ["--tls-certificate", pair.certificate, "--tls-key", pair.key]
            )
            #expect(sink.url.hasPrefix(mode == ["--implicit-tls"] ? "smtps://" : "smtp://"))
            let receipt = try await sink.deliver(self.configuration(.file(pair.certificate)))
            #expect(receipt.negotiation.tls?.peerCertificates.first?.subject.contains("sink.example") == true)
            #expect(try await sink.stop().status == 0)
        }
    }

    @Test("files that cannot be used: 78", arguments: [true, false])
    func unusable(isJSON: Bool) async throws {
        try await SinkDirectory.with { directory in
            let pair = try OwnCertificate(in: directory)
            let other = directory.appending(path: "other")
            try FileManager.default.createDirectory(at: other, withIntermediateDirectories: true)
            let otherPair = try OwnCertificate(in: other)
            let missing = directory.appending(path: "missing").path()
            for arguments in [
                ["--tls-certificate", missing, "--tls-key", pair.key],
                ["--tls-certificate", pair.certificate, "--tls-key", missing],
                ["--tls-certificate", pair.key, "--tls-key", pair.key],
                ["--tls-certificate", pair.certificate, "--tls-key", otherPair.key],
                ["--tls", "--write-ca", missing + "/ca.pem"],
            ] {
                let run = try await Tool.run(
                    ["sink", "--port", "0"] + arguments + (isJSON ? ["--json"] : [])
                )
                #expect(run.status == 78, "\(arguments)")
                #expect(run.errors.hasPrefix("smtp: "))
                #expect(!run.errors.contains("PRIVATE"))
                guard isJSON else { continue }
                let report = try run.json()
                #expect(report["error"] is String)
                #expect(report["listening"] is NSNull)
            }
        }
    }
}

extension RunningSink {
    /// Sends the usual message.
    @discardableResult
    func deliver(_ configuration: SMTPConfiguration) async throws -> SendReceipt {
        try await self.deliver(Self.message, to: ["b@y.example"], configuration)
    }
}
