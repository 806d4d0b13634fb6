import NIOCore
import NIOEmbedded
import SMTPCore
import Testing

@testable import AsyncSMTP

/// The replies of a connection in words, and how their sequence ends.
private func meaning(of session: isolated SMTPSession) async -> [String] {
    var result: [String] = []
    do throws(ConnectionFailure) {
        for try await reply in session.replies { result.append("\(reply)") }
        return result + ["end"]
    } catch {
        return result + [error.name]
    }
}

@Suite("Replies as a sequence", .timeLimit(.minutes(20)))
struct ReplySequenceTests {
    @Test(
        "Q17 S-E7 E7.2 replies mean the same in every segmentation, read as they come or afterwards",
        arguments: ReplyFixture.all,
        [true, false]
    )
    func segmentation(fixture: ReplyFixture, readsAtOnce: Bool) async throws {
        for segments in fixture.segmentations {
            try await withPeer(.connected) { peer in
                // One reply is owed from the beginning.
                let further = fixture.owed - 1
                try await peer.begin { session in
                    try session.write(ByteBuffer(), replies: further)
                }.value
                let early = readsAtOnce ? await peer.begin { await meaning(of: $0) } : nil
                for segment in segments { try await peer.send(ByteBuffer(bytes: segment)) }
                try await peer.close()
                let found: [String]
                if let early {
                    found = try await early.value
                } else {
                    found = try await peer.begin { await meaning(of: $0) }.value
                }
                #expect(found == fixture.meaning, "\(segments.map(\.count))")
            }
        }
    }

    @Test("S-C6 a multi-line reply that is cut off is an error and no reply", arguments: [false, true])
    func truncated(isReset: Bool) async throws {
        try await withPeer(.greeted) { peer in
            let hello = await peer.begin { try await $0.hello() }
            try await peer.expect("EHLO client.example\r\n")
            try await peer.send("250-mx.example\r\n250-AUTH PLAIN\r\n")
            if isReset { try await peer.fail() } else { try await peer.close() }
            let error = try await peer.error(of: hello)
            #expect(error.code == (isReset ? .disconnected : .malformedReply))
            #expect(error.stage == .hello)
            #expect(await !peer.session.speaksESMTP)
            #expect(await !peer.session.offers(.auth))
        }
    }

    @Test("S-E1 E1.3 a reply may have 512 lines and not 513", arguments: [512, 513])
    func lines(count: Int) async throws {
        try await withPeer(.connected) { peer in
            let task = await peer.begin { await meaning(of: $0) }
            for _ in 1..<count { try await peer.send("220-x\r\n") }
            try await peer.send("220 x\r\n")
            try await peer.close()
            let found = try await task.value
            #expect(found.last == (count == 512 ? "end" : "malformedReply tooManyLines"))
            #expect(found.count == (count == 512 ? 2 : 1))
        }
    }

    @Test("S-E1 long lines do not add up to more than a reply may have")
    func length() async throws {
        try await withPeer(.connected) { peer in
            let task = await peer.begin { await meaning(of: $0) }
            let line = "220-\(String(repeating: "x", count: 8000))\r\n"
            var sent = 0
            while await peer.isOpen, sent < 100 {
                try await peer.send(line)
                sent += 1
                // Reading a reply that is too long does not close by itself; the reader does.
                if sent == 9 { break }
            }
            #expect(try await task.value == ["malformedReply replyTooLong"])
        }
    }

    @Test("S-E6 cancelling a wait for a reply closes the channel, and the reason stays")
    func cancel() async throws {
        try await withPeer(.connected) { peer in
            let task = await peer.begin { await meaning(of: $0) }
            task.cancel()
            await peer.settle()
            #expect(try await task.value == ["cancelled"])
            #expect(!peer.channel.isActive)
            try await peer.send("220 late\r\n")
            #expect(try await peer.begin { await meaning(of: $0) }.value == ["cancelled"])
        }
    }

    @Test("S-E6 a task that is cancelled before it waits closes the channel as well")
    func cancelledBefore() async throws {
        try await withPeer(.connected) { peer in
            let found = await withTaskGroup(of: [String].self) { group in
                group.cancelAll()
                group.addTask { await meaning(of: peer.session) }
                return await group.reduce(into: []) { $0 += $1 }
            }
            #expect(found == ["cancelled"])
            #expect(!peer.channel.isActive)
        }
    }

    @Test("a wait that was answered is not hit by a cancellation that follows")
    func cancelAfterAnswer() async throws {
        try await withPeer(.connected) { peer in
            let task = await peer.begin { try await $0.takeGreeting() }
            try await peer.send("220 x\r\n")
            try await task.value
            task.cancel()
            await peer.settle()
            #expect(peer.channel.isActive)
        }
    }

    @Test("Q15 codes that disagree: the error carries both, and the connection is closed")
    func mismatch() async throws {
        try await withPeer(.connected) { peer in
            let task = await peer.begin { try await $0.takeGreeting() }
            try await peer.send("220-mx.example ESMTP\r\n521 5.7.1 blocked\r\n")
            let error = try await peer.error(of: task)
            #expect(error.code == .malformedReply)
            #expect(error.reply?.code.value == 521)
            #expect(error.reply?.lines == ["mx.example ESMTP", "5.7.1 blocked"])
            #expect("\(error)".contains("220"))
            #expect("\(error)".contains("521"))
            #expect(error.acceptance == .refusedPermanently)
            #expect(!peer.channel.isActive)
        }
    }

    @Test("a connection that holds too much unread is not read from until it was read by half")
    func backPressure() async throws {
        try await withPeer(.connected, configure: { $0.replyLimits.maximumUnreadLength = 4096 }) { peer in
            try await peer.begin { try $0.write(ByteBuffer(), replies: 99) }.value
            let before = try await peer.reads
            try await peer.begin { $0.channel.read() }.value
            #expect(try await peer.reads == before + 1)
            for _ in 1...5 { try await peer.send("250 \(String(repeating: "x", count: 1000))\r\n") }
            try await peer.begin { $0.channel.read() }.value
            #expect(try await peer.reads == before + 1)

            for taken in 1...4 {
                let reads = try await peer.reads
                #expect(reads == before + 1, "\(taken)")
                _ = try await peer.begin { try await $0.nextReply(timeout: .seconds(1)) }.value
            }
            #expect(try await peer.reads == before + 2)
        }
    }
}
