import Foundation
import SMTPTestServer
import Testing

/// A server that knows the password may say it whenever it likes.
@Suite("smtp: secrets a server repeats", .timeLimit(.minutes(5)))
struct RedactionTests {
    private static let password = "correct\"horse\\battery"

    private static var forms: [String] {
        let octets = Data(Self.password.utf8)
        let json =
            (try? JSONEncoder().encode(Self.password)).map { String(decoding: $0, as: UTF8.self) } ?? ""
        return [
            Self.password, octets.base64EncodedString(),
            Data("\0ann\0\(Self.password)".utf8).base64EncodedString(),
            String(json.dropFirst().dropLast()),
        ]
    }

    @Test(
        "S-I1 no stream has it, whatever the server says after the login",
        arguments: [[], ["--transcript"], ["--json"], ["--json", "--transcript"]]
    )
    func repeated(options: [String]) async throws {
        let echo = Self.forms.prefix(3).joined(separator: " ")
        let configuration = SMTPTestServer.Configuration(
            users: ["ann": Self.password],
            allowsAuthenticationInClear: true,
            script: [.on(.command("MAIL"), .reply("550 5.7.1 no: \(echo)"))]
        )
        try await SMTPTestServer.withServer(configuration) { server in
            let run = try await Tool.run(
                [
                    "send", "--server", server.url(), "--user", "ann", "--allow-plaintext-auth", "--auth",
                    "PLAIN",
                ]
                    + ["--from", "a@example.org", "--to", "b@example.net", "--text", "x"] + options,
                environment: ["SMTP_PASSWORD": Self.password]
            )
            #expect(run.status == 77)
            for form in Self.forms {
                #expect(!run.output.contains(form), "\(run.output)")
                #expect(!run.errors.contains(form), "\(run.errors)")
            }
            #expect((run.output + run.errors).contains("[redacted]"))
        }
    }
}
