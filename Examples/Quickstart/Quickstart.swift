import AsyncSMTP
import SMTPTestServer

/// Sends one message and then a hundred, to a server inside this program or to the one `SMTP_URL` names,
/// for the address in `SMTP_TO`.
@main
struct Quickstart {
    static func main() async throws {
        guard let url = Environment.value("SMTP_URL") else {
            try await SMTPTestServer.withServer { server in
                print("An SMTP server listens on \(server.host):\(server.port), inside this program.")
                try await self.run(SMTPServer(host: server.host, port: server.port, tls: .plaintext))
                let messages = try await server.waitForMessages(101)
                print("The server stored \(messages.count) messages, the first with these octets:\n")
                print(messages[0].text)
            }
            return
        }
        try await self.run(SMTPServer(url: url))
    }

    static func run(_ server: SMTPServer) async throws {
        try await self.sendOne(to: server)
        try await self.sendMany(100, to: server)
    }

    /// One message over one connection, with the dialogue.
    static func sendOne(to server: SMTPServer) async throws {
        var configuration = SMTPConfiguration()
        configuration.transcript = .lines { print("  \($0)") }
        print("\nOne message to \(server):")
        let receipt = try await SMTPClient.send(
            self.message(0),
            through: server,
            configuration: configuration
        )
        print("\n\(receipt)")
        for outcome in receipt.recipients { print("  \(outcome)") }
    }

    /// Many messages in a task group, over a few connections.
    static func sendMany(_ count: Int, to server: SMTPServer) async throws {
        print("\n\(count) messages at a time:")
        let clock = ContinuousClock()
        let start = clock.now
        try await SMTPClient.withClient(server) { client in
            try await withThrowingTaskGroup(of: (Int, SendReceipt).self) { group in
                for number in 1...count {
                    group.addTask { (number, try await client.send(self.message(number))) }
                }
                for try await (number, receipt) in group { print("  \(number): \(receipt)") }
            }
        }
        let seconds = (clock.now - start) / Duration.seconds(1)
        let rate = Int(Double(count) / seconds)
        print("\n\(count) messages in \(Int(seconds * 1000)) ms: \(rate) messages per second.\n")
    }

    static func message(_ number: Int) -> RawMessage {
        RawMessage(
            .text(
                """
                From: Quickstart <quickstart@example.org>
                To: You <\(Environment.value("SMTP_TO") ?? "you@example.org")>
                Subject: Message \(number)
                Date: Mon, 01 Jun 2026 12:00:00 +0000
                Message-ID: <quickstart.\(number)@example.org>

                Hello from Swift, number \(number).
                .
                A line with a lone dot stands above, and arrives.

                """
            )
        )
    }
}
