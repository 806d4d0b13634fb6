import AsyncSMTP
import SMTPTestServer
import Synchronization
import Testing

/// A thousand sends at a time through a server that closes, drops and refuses all the time.
@Suite("Pipelining: a thousand sends through a server that misbehaves", .timeLimit(.minutes(5)))
struct ChaosTests {
    /// How often the server misbehaves.
    struct Weather: Sendable, CustomTestStringConvertible {
        let name: String
        /// Messages behind which a connection gets 421.
        let messagesPerConnection: Int
        /// One in how many connections is dropped.
        let dropped: Int

        var testDescription: String { self.name }

        static let all = [
            Weather(name: "421 after 50, one in 20 dropped", messagesPerConnection: 50, dropped: 20),
            Weather(name: "421 after 20, one in 4 dropped", messagesPerConnection: 20, dropped: 4),
        ]
    }

    /// Messages each connection brought so far.
    private final class Counts: Sendable {
        private let counts = Mutex<[Int: Int]>([:])

        subscript(session: Int) -> Int { self.counts.withLock { $0[session, default: 0] } }

        /// - Returns: The number of the message that is counted, from 1.
        func count(_ session: Int) -> Int {
            self.counts.withLock { counts in
                counts[session, default: 0] += 1
                return counts[session, default: 0]
            }
        }
    }

    private static let messageCount = 1_000

    private static func script(_ weather: Weather) -> SMTPTestServer.Script {
        let counts = Counts()
        return SMTPTestServer.Script { event in
            switch event.kind {
            case .command("MAIL", _):
                counts[event.sessionIndex] >= weather.messagesPerConnection
                    ? [.reply("421 4.3.2 that is enough for one connection"), .close] : nil
            case .command("RCPT", let argument) where argument.contains("<refused"):
                [.reply("550 5.1.1 no such user")]
            case .endOfContent:
                Self.endOfContent(event.sessionIndex, counts.count(event.sessionIndex), weather)
            default: nil
            }
        }
    }

    /// Connections are dropped behind a message between the fifth and the nineteenth, stored or not.
    private static func endOfContent(_ session: Int, _ number: Int, _ weather: Weather)
        -> [SMTPTestServer.Action]?
    {
        guard session % weather.dropped == 3, number == 5 + session * 7 % 15 else { return nil }
        return session % 2 == 0 ? [.store, .reset] : [.reset]
    }

    @Test(
        "S-E8.1 Q42 every send ends, with the verdict that the server's record gives",
        arguments: Weather.all,
        [false, true]
    )
    func thousand(_ weather: Weather, usesChunking: Bool) async throws {
        let letters = try (0..<Self.messageCount).map { number in
            // One recipient in ten is refused; one message in thirty has no other.
            let recipients = (0...number % 3).map { place in
                "\((number + place) % 10 == 7 ? "refused" : "user")-\(place)@example.net"
            }
            return try NumberedLetter(number, to: recipients)
        }
        try await SMTPTestServer.withServer(.init(script: Self.script(weather))) { server in
            var configuration = try Loopback.configuration()
            configuration.sending.usesChunking = usesChunking
            let results = try await SMTPClient.withClient(
                try Loopback.place(of: server),
                configuration: configuration,
                pool: PoolConfiguration(maximumConnections: 8, backOff: nil)
            ) { await $0.sendByTasks(letters) }
            try await server.waitForSessionsClosed(server.sessions.count)
            #expect(results.count == letters.count)
            let reckoning = Reckoning(server.messages)
            var unsure = 0
            for (letter, result) in zip(letters, results) {
                let contradictions = reckoning.contradictions(result, of: letter)
                #expect(contradictions == [])
                let hasOthers = letter.recipients.contains { !$0.hasPrefix("refused") }
                if case .failure = result {
                    unsure += hasOthers ? 1 : 0
                } else {
                    #expect(hasOthers)
                }
            }
            // Nothing but what was in flight on a connection that was dropped may have failed.
            let dropped = server.sessions.count { $0.end == .serverReset }
            #expect(dropped > 0)
            #expect(unsure <= 16 * dropped, "\(unsure) messages and \(dropped) connections")
        }
    }
}
