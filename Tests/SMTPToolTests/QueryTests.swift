import SMTPTestServer
import Testing

@Suite("smtp verify and smtp expand", .timeLimit(.minutes(5)))
struct QueryTests {
    private static let script: SMTPTestServer.Script = [
        .on(.command("VRFY", where: { $0.contains("ann") }), .reply("250 2.1.0 Ann <ann@example.org>")),
        .on(.command("VRFY", where: { $0.contains("busy") }), .reply("451 4.3.0 later")),
        .on(.command("VRFY"), .reply("550 5.1.1 no such user")),
        .on(
            .command("EXPN", where: { $0.contains("team") }),
            .reply("250-<a@example.org>\r\n250 <b@example.org>")
        ),
        .on(.command("EXPN"), .reply("550 5.1.1 no such list")),
    ]

    @Test(
        "the status tells whether everybody, somebody or nobody is known",
        arguments: [
            (["verify", "ann"], 0), (["verify", "ann", "eve"], 1), (["verify", "eve", "fay"], 67),
            (["verify", "busy"], 75), (["expand", "team"], 0), (["expand", "none"], 67),
        ] as [([String], Int32)]
    )
    func status(arguments: [String], status: Int32) async throws {
        try await SMTPTestServer.withServer(.init(script: Self.script)) { server in
            let url = "smtp://\(server.host):\(server.port)?tls=none"
            let run = try await Tool.run(arguments + ["--server", url])
            #expect(run.status == status, "\(run.errors)")
            if arguments.contains("ann") { #expect(run.output.contains("Ann <ann@example.org>\n")) }
            if arguments.contains("team") { #expect(run.output == "<a@example.org>\n<b@example.org>\n") }
            for name in arguments where ["eve", "fay", "none"].contains(name) {
                #expect(run.errors.contains("\(name): 550 5.1.1"))
            }
        }
    }
}
