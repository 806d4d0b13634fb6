import SMTPCore
import Testing

@testable import AsyncSMTP

/// The octets of several messages on one connection, and how they are grouped in writes.
@Suite("Pipelining: groups across messages", .timeLimit(.minutes(5)))
struct PipelineGroupTests {
    private static let data = SendOptions()
    private static let chunking: SendOptions = {
        var options = SendOptions()
        options.usesChunking = true
        return options
    }()
    private static let content = shortMessage + ".\r\n"

    private static func group(_ number: Int, reset: Bool = false) -> String {
        (reset ? "RSET\r\n" : "") + "MAIL FROM:<m\(number)@client.example>\r\nRCPT TO:<r@x.example>\r\n"
    }

    private static func dataGroup(_ number: Int, reset: Bool = false) -> String {
        Self.group(number, reset: reset) + "DATA\r\n"
    }

    private static func flight(_ number: Int, reset: Bool = true) -> String {
        Self.group(number, reset: reset) + "BDAT \(shortMessage.utf8.count) LAST\r\n" + shortMessage
    }

    /// A refusal of the third message of five.
    struct Refusal: Sendable, CustomTestStringConvertible {
        let name: String
        /// Replies to MAIL, RCPT and DATA or BDAT.
        let replies: String
        /// Reply to the content, or to the lone dot; nil where neither follows.
        var ending: String?
        /// Whether a lone dot takes the place of the content.
        var isDot = false
        let code: SMTPError.Code

        var testDescription: String { self.name }

        /// Whether the server has begun a transaction.
        var leavesTransaction: Bool { self.replies.hasPrefix("250") }

        static let data = [
            Refusal(
                name: "the content",
                replies: "250 a\r\n250 b\r\n354 d\r\n",
                ending: "550 5.7.1 spam\r\n",
                code: .dataRefused
            ),
            Refusal(name: "MAIL", replies: "550 5.1.8 a\r\n503 b\r\n503 d\r\n", code: .senderRefused),
            Refusal(
                name: "MAIL, and 354 all the same",
                replies: "550 5.1.8 a\r\n503 b\r\n354 d\r\n",
                ending: "554 5.5.1 nobody\r\n",
                isDot: true,
                code: .senderRefused
            ),
            Refusal(
                name: "every recipient, and 354 all the same",
                replies: "250 a\r\n550 5.1.1 b\r\n354 d\r\n",
                ending: "554 5.5.1 nobody\r\n",
                isDot: true,
                code: .recipientsRefused
            ),
            Refusal(
                name: "every recipient",
                replies: "250 a\r\n550 5.1.1 b\r\n503 5.5.1 d\r\n",
                code: .recipientsRefused
            ),
            Refusal(name: "DATA", replies: "250 a\r\n250 b\r\n554 5.7.1 d\r\n", code: .dataRefused),
        ]

        static let chunk = [
            Refusal(name: "BDAT", replies: "250 a\r\n250 b\r\n550 5.7.1 c\r\n", code: .dataRefused),
            Refusal(name: "MAIL", replies: "550 5.1.8 a\r\n503 b\r\n503 c\r\n", code: .senderRefused),
            Refusal(
                name: "every recipient",
                replies: "250 a\r\n550 5.1.1 b\r\n503 5.5.1 c\r\n",
                code: .recipientsRefused
            ),
        ]
    }

    @Test("R2920-3 the group of the next message is in one write with the content of the one before")
    func groupBehindContent() async throws {
        try await withPeer(.offered(["PIPELINING"])) { peer in
            let list = ParcelList()
            try await list.add(0..<3, options: Self.data)
            try await peer.serve(list)
            try await peer.expect(Self.dataGroup(0))
            try await peer.send("250 a\r\n250 b\r\n")
            try await peer.expectSilence()
            try await peer.send("354 d\r\n")
            try await peer.expect(Self.content + Self.dataGroup(1))
            try await peer.expectSilence()
            try await peer.send("250 queued\r\n250 a\r\n250 b\r\n354 d\r\n")
            #expect(list.told == [0])
            try await peer.expect(Self.content + Self.dataGroup(2))
            try await peer.send("250 queued\r\n250 a\r\n250 b\r\n354 d\r\n")
            try await peer.expect(Self.content)
            try await peer.send("250 queued\r\n")
            #expect(list.told == [0, 1, 2])
            #expect(list.accepted == [0, 1, 2])
            #expect(list.finished == 3)
            try await peer.expectSilence()
        }
    }

    @Test(
        "R2920-5 R2920-6 R2920-8 a refused message does not disturb its neighbours",
        arguments: Refusal.data,
        [false, true]
    )
    func refusedAmongData(_ refusal: Refusal, octetwise: Bool) async throws {
        try await withPeer(.offered(["PIPELINING"])) { peer in
            let list = ParcelList()
            try await list.add(0..<5, options: Self.data)
            try await peer.serve(list)
            try await peer.expect(Self.dataGroup(0))
            let good = "250 a\r\n250 b\r\n354 d\r\n"
            try await Self.send(good, peer, octetwise)
            try await peer.expect(Self.content + Self.dataGroup(1))
            try await Self.send("250 queued\r\n" + good, peer, octetwise)
            try await peer.expect(Self.content + Self.dataGroup(2))
            try await Self.send("250 queued\r\n" + refusal.replies, peer, octetwise)
            if let ending = refusal.ending, !refusal.isDot {
                try await peer.expect(Self.content + Self.dataGroup(3))
                try await Self.send(ending + good, peer, octetwise)
            } else {
                if let ending = refusal.ending {
                    try await peer.expect(".\r\n")
                    try await peer.expectSilence()
                    try await Self.send(ending, peer, octetwise)
                }
                let reset = refusal.leavesTransaction
                try await peer.expect(Self.dataGroup(3, reset: reset))
                try await Self.send((reset ? "250 r\r\n" : "") + good, peer, octetwise)
            }
            try await peer.expect(Self.content + Self.dataGroup(4))
            try await Self.send("250 queued\r\n" + good, peer, octetwise)
            try await peer.expect(Self.content)
            try await Self.send("250 queued\r\n", peer, octetwise)
            #expect(list.told == [0, 1, 2, 3, 4])
            #expect(list.accepted == [0, 1, 3, 4])
            #expect(list.error(2)?.code == refusal.code)
            #expect(list.error(2)?.acceptance == .refusedPermanently)
        }
    }

    @Test("R3030 with BDAT all are in one write, RSET in front of each that follows an open one")
    func chunks() async throws {
        try await withPeer(.offered(["PIPELINING", "CHUNKING"])) { peer in
            let list = ParcelList()
            try await list.add(0..<3, options: Self.chunking)
            try await peer.serve(list)
            try await peer.expect(Self.flight(0, reset: false) + Self.flight(1) + Self.flight(2))
            try await peer.expectSilence()
            try await peer.send("250 a\r\n250 b\r\n250 queued\r\n")
            #expect(list.accepted == [0])
            try await peer.send("250 r\r\n250 a\r\n250 b\r\n250 queued\r\n250 r\r\n250 a\r\n250 b\r\n")
            #expect(list.accepted == [0, 1])
            try await peer.send("250 queued\r\n")
            #expect(list.accepted == [0, 1, 2])
            // Nothing is open any more, so the next begins without RSET.
            try await list.add(3..<4, options: Self.chunking)
            try await peer.begin { $0.pull() }.value
            try await peer.expect(Self.flight(3, reset: false))
            try await peer.send("250 a\r\n250 b\r\n250 queued\r\n")
            #expect(list.told == [0, 1, 2, 3])
        }
    }

    @Test(
        "R2920-6 R2920-8 a message refused among others that are in flight disturbs none",
        arguments: Refusal.chunk,
        [false, true]
    )
    func refusedAmongChunks(_ refusal: Refusal, octetwise: Bool) async throws {
        try await withPeer(.offered(["PIPELINING", "CHUNKING"])) { peer in
            let list = ParcelList()
            try await list.add(0..<5, options: Self.chunking)
            try await peer.serve(list)
            try await peer.expect((0..<5).map { Self.flight($0, reset: $0 > 0) }.joined())
            let good = "250 a\r\n250 b\r\n250 queued\r\n"
            let replies = good + "250 r\r\n" + good + "250 r\r\n" + refusal.replies
            try await Self.send(replies + "250 r\r\n" + good + "250 r\r\n" + good, peer, octetwise)
            #expect(list.told == [0, 1, 2, 3, 4])
            #expect(list.accepted == [0, 1, 3, 4])
            #expect(list.error(2)?.code == refusal.code)
            #expect(list.error(2)?.acceptance == .refusedPermanently)
            #expect(await peer.isOpen)
        }
    }

    @Test("a message refused as the last of those in flight makes the next begin with RSET")
    func refusedLastChunk() async throws {
        try await withPeer(.offered(["PIPELINING", "CHUNKING"])) { peer in
            let list = ParcelList()
            try await list.add(0..<2, options: Self.chunking)
            try await peer.serve(list)
            try await peer.expect(Self.flight(0, reset: false) + Self.flight(1))
            try await peer.send("250 a\r\n250 b\r\n250 q\r\n250 r\r\n250 a\r\n250 b\r\n451 4.3.0 c\r\n")
            #expect(list.error(1)?.acceptance == .refusedTemporarily)
            try await list.add(2..<3, options: Self.chunking)
            try await peer.begin { $0.pull() }.value
            try await peer.expect(Self.flight(2))
            try await peer.send("250 r\r\n250 a\r\n250 b\r\n250 q\r\n")
            #expect(list.accepted == [0, 2])
        }
    }

    @Test("no more messages than allowed are undecided at a time", arguments: [1, 2, 4])
    func window(size: Int) async throws {
        try await withPeer(.offered(["PIPELINING", "CHUNKING"])) { peer in
            let list = ParcelList(maximumInFlight: size)
            try await list.add(0..<8, options: Self.chunking)
            try await peer.serve(list)
            for number in 0..<8 {
                let next = number + size - 1
                let begun = number == 0 ? Array(0..<size) : next < 8 ? [next] : []
                let expected = begun.map { Self.flight($0, reset: size > 1 && $0 > 0) }.joined()
                if expected.isEmpty {
                    try await peer.expectSilence()
                } else {
                    try await peer.expect(expected)
                }
                try await peer.expectSilence()
                let reset = size > 1 && number > 0 ? "250 r\r\n" : ""
                try await peer.send(reset + "250 a\r\n250 b\r\n")
                try await peer.expectSilence()
                try await peer.send("250 queued\r\n")
            }
            #expect(list.accepted == Array(0..<8))
        }
    }

    @Test("with DATA and one message at a time nothing rides behind the content")
    func windowOfOne() async throws {
        try await withPeer(.offered(["PIPELINING"])) { peer in
            let list = ParcelList(maximumInFlight: 1)
            try await list.add(0..<3, options: Self.data)
            try await peer.serve(list)
            for number in 0..<3 {
                try await peer.expect(Self.dataGroup(number))
                try await peer.send("250 a\r\n250 b\r\n354 d\r\n")
                try await peer.expect(Self.content)
                try await peer.send("250 queued\r\n")
            }
            #expect(list.accepted == [0, 1, 2])
        }
    }

    @Test("those behind a 421 are given back in order, those before are as the server said")
    func closingAmongChunks() async throws {
        try await withPeer(.offered(["PIPELINING", "CHUNKING"])) { peer in
            let list = ParcelList()
            try await list.add(0..<5, options: Self.chunking)
            try await peer.serve(list)
            _ = try await peer.takeEverything()
            try await peer.send("250 a\r\n250 b\r\n250 q\r\n250 r\r\n250 a\r\n250 b\r\n421 4.3.2 enough\r\n")
            #expect(list.accepted == [0])
            #expect(list.error(1)?.acceptance == .refusedTemporarily)
            #expect(list.told == [0, 1])
            #expect(list.returned == [2, 3, 4])
            #expect(list.hasEnded)
            #expect(list.finished == 2)
        }
    }

    @Test("S-E8.1 where the connection ends, what was written completely is unknown")
    func endAmongChunks() async throws {
        try await withPeer(.offered(["PIPELINING", "CHUNKING"])) { peer in
            let list = ParcelList()
            try await list.add(0..<3, options: Self.chunking)
            try await peer.serve(list)
            _ = try await peer.takeEverything()
            try await peer.send("250 a\r\n250 b\r\n250 q\r\n250 r\r\n250 a\r\n")
            try await peer.close()
            #expect(list.accepted == [0])
            #expect(list.error(1)?.acceptance == .unknown)
            #expect(list.error(2)?.acceptance == .unknown)
            #expect(list.returned == [])
            #expect(list.hasEnded)
        }
    }

    @Test("S-E8.1 where the connection ends, a message whose content was not asked for is given back")
    func endAmongData() async throws {
        try await withPeer(.offered(["PIPELINING"])) { peer in
            let list = ParcelList()
            try await list.add(0..<3, options: Self.data)
            try await peer.serve(list)
            try await peer.send("250 a\r\n250 b\r\n354 d\r\n")
            _ = try await peer.takeEverything()
            try await peer.close()
            #expect(list.error(0)?.acceptance == .unknown)
            #expect(list.told == [0])
            #expect(list.returned == [1])
            #expect(list.hasEnded)
        }
    }

    private static func send(_ octets: String, _ peer: Peer, _ octetwise: Bool) async throws {
        guard octetwise else { return try await peer.send(octets) }
        for octet in octets.unicodeScalars { try await peer.send(String(octet)) }
    }
}
