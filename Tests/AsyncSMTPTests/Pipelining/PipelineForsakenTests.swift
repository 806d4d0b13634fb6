import SMTPCore
import Testing

@testable import AsyncSMTP

/// A message whose task is cancelled while others are in flight on its connection, octet by octet.
@Suite("Pipelining: a message forsaken among others", .timeLimit(.minutes(5)))
struct PipelineForsakenTests {
    private static let data = SendOptions()
    private static let chunking: SendOptions = {
        var options = SendOptions()
        options.usesChunking = true
        return options
    }()
    private static let good = "250 a\r\n250 b\r\n250 queued\r\n"

    @Test("S-E6.1 in flight: its fate is unknown at once, the others go on", arguments: 0..<4)
    func inFlight(number: Int) async throws {
        try await withPeer(.offered(["PIPELINING", "CHUNKING"])) { peer in
            let list = ParcelList()
            try await list.add(0..<4, options: Self.chunking)
            try await peer.serve(list)
            _ = try await peer.takeEverything()
            try await peer.cancel(number)
            #expect(list.told == [number])
            #expect(list.error(number)?.code == .cancelled)
            #expect(list.error(number)?.acceptance == .unknown)
            #expect(await peer.isOpen)
            try await peer.send(Self.good + (1..<4).map { _ in "250 r\r\n" + Self.good }.joined())
            #expect(list.told == [number] + (0..<4).filter { $0 != number })
            #expect(list.accepted == (0..<4).filter { $0 != number })
            #expect(list.finished == 4)
            #expect(list.returned == [])
            #expect(await peer.isOpen)
        }
    }

    @Test("S-E6.1 what the server had said by then counts")
    func refusedAlready() async throws {
        try await withPeer(.offered(["PIPELINING", "CHUNKING"])) { peer in
            let list = ParcelList()
            try await list.add(0..<2, options: Self.chunking)
            try await peer.serve(list)
            _ = try await peer.takeEverything()
            try await peer.send("550 5.1.8 a\r\n")
            try await peer.cancel(0)
            #expect(list.error(0)?.code == .cancelled)
            #expect(list.error(0)?.meansNobodyAccepted == true)
            try await peer.send("503 b\r\n503 c\r\n250 r\r\n" + Self.good)
            #expect(list.told == [0, 1])
            #expect(list.accepted == [1])
        }
    }

    @Test("S-E6.1 while the content before it is on its way: nothing of it goes out, others go elsewhere")
    func beforeContent() async throws {
        try await withPeer(.offered(["PIPELINING"])) { peer in
            let list = ParcelList()
            try await list.add(0..<3, options: Self.data)
            try await peer.serve(list)
            try await peer.send("250 a\r\n250 b\r\n354 d\r\n")
            _ = try await peer.takeEverything()
            try await peer.cancel(1)
            #expect(list.error(1)?.code == .cancelled)
            #expect(list.error(1)?.acceptance == .notAccepted)
            #expect(await peer.isOpen)
            try await peer.send("250 queued\r\n250 a\r\n250 b\r\n354 d\r\n")
            // There is no way to take back a DATA that was answered.
            try await peer.expectSilence()
            #expect(await !peer.isOpen)
            #expect(list.told == [1, 0])
            #expect(list.accepted == [0])
            #expect(list.hasEnded)
        }
    }

    @Test("S-E6.1 alone in flight: the connection ends")
    func alone() async throws {
        try await withPeer(.offered(["PIPELINING"])) { peer in
            let list = ParcelList()
            try await list.add(0..<3, options: Self.data)
            try await peer.serve(list)
            _ = try await peer.takeEverything()
            try await peer.cancel(0)
            #expect(list.error(0)?.code == .cancelled)
            #expect(list.error(0)?.acceptance == .notAccepted)
            #expect(list.told == [0])
            #expect(await !peer.isOpen)
            #expect(list.hasEnded)
        }
    }

    @Test("one that is told nothing any more is not told the end of the connection either")
    func endAfterwards() async throws {
        try await withPeer(.offered(["PIPELINING", "CHUNKING"])) { peer in
            let list = ParcelList()
            try await list.add(0..<3, options: Self.chunking)
            try await peer.serve(list)
            _ = try await peer.takeEverything()
            try await peer.cancel(0)
            try await peer.cancel(2)
            try await peer.close()
            #expect(list.told == [0, 2, 1])
            #expect(list.error(1)?.acceptance == .unknown)
            #expect(list.finished == 3)
            #expect(list.returned == [])
        }
    }

    @Test("Q51 a message over whose group the server stumbles is given back once, the rest goes in lock-step")
    func stumbling() async throws {
        try await withPeer(.offered(["PIPELINING"])) { peer in
            let list = ParcelList()
            try await list.add(0..<2, options: Self.data)
            try await peer.serve(list)
            _ = try await peer.takeEverything()
            try await peer.send("250 a\r\n503 5.5.1 b\r\n503 5.5.1 d\r\n")
            #expect(list.returned == [0])
            #expect(list.distrustsPipelining)
            // A message that has the connection for itself is sent by a task of the session's.
            try await peer.expectLater("RSET\r\n")
            try await peer.send("250 r\r\n")
            try await peer.expectLater("MAIL FROM:<m1@client.example>\r\n")
            try await peer.send("250 a\r\n")
            try await peer.expectLater("RCPT TO:<r@x.example>\r\n")
            try await peer.send("250 b\r\n")
            try await peer.expectLater("DATA\r\n")
            try await peer.send("354 d\r\n")
            try await peer.expectLater(shortMessage + ".\r\n")
        }
    }
}
