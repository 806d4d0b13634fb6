import Foundation
import NIOCore
import SMTPCore
import Testing

@testable import AsyncSMTP

/// Replies that are owed, and those that are not, while messages follow each other on a connection.
@Suite("Pipelining: replies owed and not owed", .timeLimit(.minutes(5)))
struct PipelineOwedReplyTests {
    @Test("Q50 250 in answer to DATA, where that is allowed, is followed by one reply to the content")
    func completionForData() async throws {
        var options = SendOptions()
        options.acceptsCompletionForData = true
        try await withPeer(.offered(["PIPELINING"])) { peer in
            let list = ParcelList()
            try await list.add(0..<3, options: options)
            try await peer.serve(list)
            for number in 0..<3 {
                try await peer.send("250 a\r\n250 b\r\n250 go on\r\n")
                _ = try await peer.takeEverything()
                try await peer.send("250 queued\r\n")
                #expect(list.accepted == Array(0...number))
                #expect(await peer.isOpen)
            }
            #expect(list.returned == [])
        }
    }

    @Test(
        "S-E5.1 R2920-6 a stray line behind the reply to a lone dot answers nothing that comes later",
        arguments: ["250 a stray\r\n", "550 a stray\r\n"]
    )
    func strayBehindLoneDot(line: String) async throws {
        try await withPeer(.offered(["PIPELINING"])) { peer in
            let list = ParcelList()
            try await list.add(0..<2, options: SendOptions())
            try await peer.serve(list)
            try await peer.send("250 a\r\n550 no\r\n354 d\r\n")
            _ = try await peer.takeEverything()
            try await peer.send("554 no recipient\r\n" + line)
            #expect(list.error(0)?.code == .recipientsRefused)
            #expect(list.result(1) == nil)
            #expect(list.returned == [], "the second was not even asked for")
            #expect(list.hasEnded)
            #expect(await !peer.isOpen)
        }
    }

    @Test("Q48 S-E6.1 what was accepted stays accepted when the rest of the recipients is cancelled")
    func cancelledRest() async throws {
        var options = SendOptions()
        options.usesChunking = true
        try await withPeer(.offered(["PIPELINING", "CHUNKING"])) { peer in
            let list = ParcelList()
            try await list.add(0..<2, to: ["r@x.example", "s@x.example"], options: options)
            try await peer.serve(list)
            _ = try await peer.takeEverything()
            try await peer.send("250 a\r\n250 b\r\n452 4.5.3 too many\r\n250 queued\r\n")
            #expect(list.result(0) == nil)
            try await peer.cancel(0)
            guard case .success(let receipt) = list.result(0) else {
                Issue.record("\(String(describing: list.result(0)))")
                return
            }
            #expect(receipt.accepted.map(\.recipient.description) == ["<r@x.example>"])
            #expect(receipt.refused.map(\.disposition) == [.notAccepted])
        }
    }

    @Test("Q46 a refusal in the same segment as 354 is the answer to the message, which is not sent")
    func refusedBehindPermission() async throws {
        try await withPeer(.offered(["PIPELINING"])) { peer in
            let list = ParcelList()
            try await list.add(0..<1, options: SendOptions())
            try await peer.serve(list)
            _ = try await peer.takeEverything()
            try await peer.send("250 a\r\n250 b\r\n354 d\r\n550 5.7.1 no more of that\r\n")
            #expect(list.error(0)?.code == .dataRefused)
            #expect(list.error(0)?.acceptance == .refusedPermanently)
            #expect(await !peer.isOpen)
            try await peer.expectSilence()
        }
    }

    @Test("Q41 S-E8 a connection that was idle has the content only when the envelope was answered")
    func contentAfterIdleTime() async throws {
        var options = SendOptions()
        options.usesChunking = true
        try await withPeer(.offered(["PIPELINING", "CHUNKING"])) { peer in
            let list = ParcelList()
            try await peer.serve(list)
            await peer.advance(.seconds(5))
            try await list.add(0..<2, options: options)
            try await peer.pull()
            #expect(try await peer.takeEverything().hasSuffix("RCPT TO:<r@x.example>\r\n"))
            try await peer.send("250 a\r\n250 b\r\n")
            let content = try await peer.takeEverything()
            #expect(content.hasPrefix("BDAT "))
            // The next goes in one flight again, behind the content.
            #expect(content.components(separatedBy: "BDAT ").count == 3)
            try await peer.send("250 queued\r\n250 r\r\n250 a\r\n250 b\r\n250 queued\r\n")
            #expect(list.accepted == [0, 1])
        }
    }
}
