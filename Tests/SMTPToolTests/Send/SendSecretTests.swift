import Foundation
import SMTPTestServer
import Testing

@Suite("smtp send: secrets", .timeLimit(.minutes(5)))
struct SendSecretTests {
    private static let user = "tim-the-user"
    private static let secret: String = "tanstaaf-tanstaaf"
    static let mechanisms: [String] = SMTPTestServer.Configuration.allMechanisms
        .filter { !$0.hasSuffix("-PLUS") && $0 != "EXTERNAL" && $0 != "ANONYMOUS" }

    static let passwords: [String] = [secret, "wrong-wrong-wrong"]

    @Test(
        "neither password nor token nor proof on any stream",
        arguments: mechanisms,
        passwords
    )
    func secrets(mechanism: String, given: String) async throws {
        let configuration = SMTPTestServer.Configuration(
            users: [Self.user: Self.secret],
            tokens: [Self.user: Self.secret],
            mechanisms: [mechanism],
            script: [.on(.command("MAIL"), .reply("550 5.7.1 not you"))]
        )
        let isToken = ["XOAUTH2", "OAUTHBEARER"].contains(mechanism)
        try await Sending.withFile(Array("\(given)\n".utf8), named: "secret") { path in
            for extra in [
                ["--transcript"], ["--transcript", "--json"], ["--transcript", "--quit-after", "mail"],
            ] {
                let arguments =
                    Sending.letter + extra
                    + ["--user", Self.user, "--allow-plaintext-auth", "--auth", mechanism]
                    + [isToken ? "--token-file" : "--password-file", path]
                try await Sending.run(arguments, to: configuration) { run, server in
                    #expect(run.status == 77, "\(run.errors)")
                    let session = try #require(server.sessions.first)
                    #expect((session.authentication != nil) == (given == Self.secret))
                    try Self.check(run, session, given)
                }
            }
        }
    }

    /// Checks that nothing of what proved who the user is stands on a stream.
    private static func check(
        _ run: Tool.Run,
        _ session: SMTPTestServer.SessionRecord,
        _ given: String
    ) throws {
        var secrets = [given, Data(given.utf8).base64EncodedString()]
        secrets.append(Data("\0\(Self.user)\0\(given)".utf8).base64EncodedString())
        let begin = try #require(session.commands.firstIndex { $0.hasPrefix("AUTH") })
        let exchange = session.commands[begin...].prefix { !$0.hasPrefix("MAIL") && !$0.hasPrefix("QUIT") }
        for (index, line) in exchange.enumerated() {
            let words = line.split(separator: " ")
            // Behind AUTH and the mechanism stands the first response; later lines are responses.
            let response = index == 0 ? words.dropFirst(2).last : words.last
            if let response, response.count > 3 {
                secrets.append(String(response))
                let decoded = Data(base64Encoded: String(response)).map {
                    String(decoding: $0, as: UTF8.self)
                }
                if let proof = decoded?.firstMatch(of: #/p=([^,]+)/#) { secrets.append(String(proof.1)) }
            }
        }
        for secret in secrets {
            #expect(!run.output.contains(secret), "\(secret)")
            #expect(!run.errors.contains(secret), "\(secret)")
        }
    }
}
