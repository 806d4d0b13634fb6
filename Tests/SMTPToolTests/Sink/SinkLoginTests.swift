import AsyncSMTP
import Foundation
import Testing

@Suite("smtp sink: who has to log in", .timeLimit(.minutes(5)))
struct SinkLoginTests {
    private static let user = "ann@example.org"
    private static let password = "correct horse battery"

    private func configuration(_ mechanism: String?, password: String = Self.password) -> SMTPConfiguration {
        var configuration = SMTPConfiguration()
        configuration.allowsPlaintextAuthentication = true
        guard let mechanism else { return configuration }
        configuration.authentication = AuthenticationPolicy(mechanisms: [mechanism])
        configuration.credentials = Credentials(username: Self.user, password: Secret(password))
        return configuration
    }

    /// Every form of the password and of what PLAIN sends.
    private func expectNoSecret(_ run: Tool.Run) {
        let forms = [
            Self.password, Data(Self.password.utf8).base64EncodedString(),
            Data("\0\(Self.user)\0\(Self.password)".utf8).base64EncodedString(),
        ]
        for form in forms {
            #expect(!run.output.contains(form))
            #expect(!run.errors.contains(form))
        }
    }

    @Test(
        "each mechanism takes the right password and no other; without login nothing is taken",
        arguments: ["PLAIN", "LOGIN", "SCRAM-SHA-1", "SCRAM-SHA-256"],
        [true, false]
    )
    func mechanism(mechanism: String, isFile: Bool) async throws {
        try await SinkDirectory.with { directory in
            let file = directory.appending(path: "password")
            try Data("\(Self.password)\r\nsecond line\n".utf8).write(to: file)
            let sink = try await RunningSink.start(
                ["--user", Self.user, "--json"] + (isFile ? ["--password-file", file.path()] : []),
                environment: isFile ? [:] : ["SMTP_PASSWORD": Self.password]
            )
            #expect(sink.url.hasPrefix("smtp://ann%40example%2Eorg@127.0.0.1:"))
            try await sink.deliver(self.configuration(mechanism))
            let wrong = await #expect(throws: SMTPError.self) {
                try await sink.deliver(self.configuration(mechanism, password: "wrong"))
            }
            #expect(wrong?.code == .authenticationFailed)
            let none = await #expect(throws: SMTPError.self) {
                try await sink.deliver(self.configuration(nil))
            }
            #expect(none?.reply?.code.value == 530)
            let run = try await sink.stop()
            #expect(run.status == 0)
            let messages = try run.messages()
            #expect(messages.map { $0["user"] as? String } == [Self.user])
            self.expectNoSecret(run)
        }
    }

    @Test(
        "inside TLS, channel binding too; before it nobody can log in",
        arguments: ["--tls", "--implicit-tls"]
    )
    func tls(mode: String) async throws {
        try await SinkDirectory.with { directory in
            let file = directory.appending(path: "ca.pem").path()
            let sink = try await RunningSink.start(
                [mode, "--write-ca", file, "--user", Self.user],
                environment: ["SMTP_PASSWORD": Self.password]
            )
            for mechanism in ["SCRAM-SHA-256-PLUS", "SCRAM-SHA-256", "PLAIN"] {
                var configuration = self.configuration(mechanism)
                configuration.tls.trustRoots = .file(file)
                try await sink.deliver(configuration)
            }
            if mode == "--tls" {
                let clear = try SMTPServer(host: "127.0.0.1", port: sink.port, tls: .plaintext)
                let error = await #expect(throws: SMTPError.self) {
                    try await SMTPClient.send(
                        RawMessage(
                            .text("x\r\n"),
                            envelope: try Envelope(from: "a@x.example", to: ["b@y.example"])
                        ),
                        through: clear,
                        configuration: self.configuration("PLAIN")
                    )
                }
                #expect(error?.code == .noAuthenticationMechanism)
            }
            let run = try await sink.stop()
            #expect(run.output.split(separator: "\n").count == 4)
            self.expectNoSecret(run)
        }
    }

    @Test("a user without a password, or with one that no mechanism could send: 78")
    func noPassword() async throws {
        let none = try await Tool.run(["sink", "--port", "0", "--user", Self.user])
        #expect(none.status == 78)
        #expect(none.errors.contains("SMTP_PASSWORD"))
        let control = try await Tool.run(
            ["sink", "--port", "0", "--user", Self.user],
            environment: ["SMTP_PASSWORD": "a\u{7}secret"]
        )
        #expect(control.status == 78)
        #expect(!control.errors.contains("secret"))
    }

    @Test("a prepared password is the same password")
    func preparation() async throws {
        let sink = try await RunningSink.start(
            ["--user", Self.user],
            environment: ["SMTP_PASSWORD": "pass\u{AD}word\u{A0}\u{2168}"]
        )
        try await sink.deliver(self.configuration("SCRAM-SHA-256", password: "password IX"))
        #expect(try await sink.stop().status == 0)
    }
}
