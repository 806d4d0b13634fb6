import AsyncSMTP
import Foundation
import SMTPTestServer

/// Sends a letter made for each of a thousand subscribers, to a server inside this program or to the one
/// `SMTP_URL` names; `SMTP_TO` is then the address all of them have.
@main
struct Newsletter {
    static func main() async throws {
        let environment = ProcessInfo.processInfo.environment
        let subscribers = Subscriber.some(1000, address: environment["SMTP_TO"])
        guard let url = environment["SMTP_URL"] else {
            // One address in a hundred does not exist, so that there is something to report.
            let script: SMTPTestServer.Script = [
                .on(.command("RCPT", where: { $0.contains("00@") }), .reply("550 5.1.1 no such user"))
            ]
            try await SMTPTestServer.withServer(.init(script: script)) { server in
                print("An SMTP server listens on \(server.host):\(server.port), inside this program.")
                try await self.send(
                    to: subscribers,
                    through: SMTPServer(host: server.host, port: server.port, tls: .plaintext)
                )
                print("The server stored \(server.messageCount) messages.")
            }
            return
        }
        try await self.send(to: subscribers, through: SMTPServer(url: url))
    }

    static func send(to subscribers: [Subscriber], through server: SMTPServer) async throws {
        var configuration = SMTPConfiguration()
        // What a server refuses for now is offered again, four times within a quarter of an hour.
        configuration.retryPolicy = .standard
        var summary = Summary()
        let clock = ContinuousClock()
        let start = clock.now
        try await SMTPClient.withClient(server, configuration: configuration) { client in
            for await outcome in client.send(toEach: subscribers, { try $0.letter() }) {
                summary.add(outcome, subscribers[outcome.index])
            }
        }
        summary.print(after: clock.now - start)
    }
}
