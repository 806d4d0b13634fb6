import AsyncSMTP
import SMTPTestServer
import Testing

@Suite("Client: servers that end connections before they are used", .timeLimit(.minutes(5)))
struct ClientReconnectTests {
    @Test(
        "Q42 a server that closes behind its reply to EHLO is not asked again and again",
        arguments: ["421 4.3.2 bye\r\n", "250 what\r\n", ""],
        [true, false]
    )
    func closedBehindHello(line: String, backsOff: Bool) async throws {
        let script: SMTPTestServer.Script = [.on(.command("EHLO"), .raw("250 x\r\n\(line)"), .close)]
        try await SMTPTestServer.withServer(.init(script: script)) { server in
            var pool = PoolConfiguration()
            if !backsOff { pool.backOff = nil }
            try await SMTPClient.withClient(
                try Loopback.place(of: server),
                configuration: try Loopback.configuration(),
                pool: pool
            ) { client in
                let error = await #expect(throws: SMTPError.self) { try await client.send(Sample.message) }
                #expect(error?.acceptance != .unknown)
            }
            #expect(server.sessions.count <= 2)
        }
    }
}
