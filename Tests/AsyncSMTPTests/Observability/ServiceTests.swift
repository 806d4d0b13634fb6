import AsyncSMTP
import SMTPTestServer
import ServiceLifecycle
import ServiceLifecycleTestKit
import Testing

@Suite("Observability: a client is a service", .timeLimit(.minutes(20)))
struct ServiceTests {
    @Test("a graceful shutdown, or cancelling, shuts the client down", arguments: [false, true])
    func run(isCancelled: Bool) async throws {
        try await SMTPTestServer.withServer { server in
            let client = SMTPClient(try SMTPServer(at: server))
            try await testGracefulShutdown { trigger in
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask { try await (client as any Service).run() }
                    try await client.send(AnyMessage.raw())
                    if isCancelled { group.cancelAll() } else { trigger.triggerGracefulShutdown() }
                    try await group.waitForAll()
                }
            }
            let error = await #expect(throws: SMTPError.self) { try await client.send(AnyMessage.raw()) }
            #expect(error?.code == .closed)
            #expect(server.messages.count == 1)
        }
    }
}
