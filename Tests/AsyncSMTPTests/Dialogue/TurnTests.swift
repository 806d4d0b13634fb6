import NIOCore
import NIOEmbedded
import SMTPCore
import Testing

@testable import AsyncSMTP

@Suite("Dialogue: exchanges of several tasks", .timeLimit(.minutes(20)))
struct TurnTests {
    @Test("exchanges follow each other in the order they were begun, one at a time")
    func order() async throws {
        try await withPeer { peer in
            var tasks: [Task<Reply, any Error>] = []
            for number in 1...5 {
                tasks.append(await peer.begin { try await $0.noop("\(number)") })
            }
            for number in 1...5 {
                try await peer.expect("NOOP \(number)\r\n")
                try await peer.expectSilence()
                try await peer.send("250 \(number)\r\n")
            }
            for (index, task) in tasks.enumerated() { #expect(try await task.value.text == "\(index + 1)") }
        }
    }

    @Test("a message is one exchange: nothing of another comes between its commands")
    func messages() async throws {
        try await withPeer { peer in
            let first = try await peer.beginSend()
            let noop = await peer.begin { try await $0.noop() }
            let second = try await peer.beginSend(to: ["c@x.example"])
            try await peer.answerMessage(with: "250 2.0.0 first")
            try await peer.answer("NOOP", with: "250 noop")
            try await peer.answerEnvelope(recipients: ["c@x.example"])
            try await peer.answer(shortMessage + ".", with: "250 2.0.0 second")
            #expect(try await first.value.finalReply.text == "first")
            #expect(try await noop.value.text == "noop")
            #expect(try await second.value.finalReply.text == "second")
        }
    }

    @Test("cancelling a task that waits for its turn harms nothing", arguments: [0, 1, 2])
    func cancelWaiting(index: Int) async throws {
        try await withPeer { peer in
            let first = try await peer.beginSend()
            var waiting: [Task<Reply, any Error>] = []
            for number in 0..<3 { waiting.append(await peer.begin { try await $0.noop("\(number)") }) }
            waiting[index].cancel()
            await peer.settle()
            let error = try await peer.error(of: waiting[index])
            #expect(error.code == .cancelled)
            #expect(await peer.isOpen)

            try await peer.answerMessage()
            for number in 0..<3 where number != index {
                try await peer.answer("NOOP \(number)", with: "250 \(number)")
                #expect(try await waiting[number].value.text == "\(number)")
            }
            try await peer.expectSilence()
            #expect(try await first.value.accepted.count == 1)
            #expect(await peer.session.isReusable)
        }
    }

    @Test("a message whose task is cancelled before its turn is not accepted, and the session goes on")
    func cancelMessage() async throws {
        try await withPeer { peer in
            let noop = await peer.begin { try await $0.noop() }
            let message = try await peer.beginSend()
            message.cancel()
            await peer.settle()
            let error = try await peer.error(of: message)
            #expect(error.code == .cancelled)
            #expect(error.acceptance == .notAccepted)
            try await peer.answer("NOOP", with: "250 ok")
            _ = try await noop.value
            try await peer.expectSilence()
            #expect(await peer.session.isReusable)
        }
    }

    @Test("when the connection goes, all who wait for their turn are told")
    func connectionLost() async throws {
        try await withPeer { peer in
            let first = await peer.begin { try await $0.noop() }
            let second = await peer.begin { try await $0.verify("b") }
            let third = try await peer.beginSend()
            try await peer.expect("NOOP\r\n")
            try await peer.close()
            #expect(try await peer.error(of: first).code == .disconnected)
            #expect(try await peer.error(of: second).code == .disconnected)
            #expect(try await peer.error(of: third).acceptance == .notAccepted)
        }
    }

    @Test("a command whose argument cannot be sent takes no turn and leaves the session usable")
    func badArgument() async throws {
        try await withPeer { peer in
            let bad = await peer.begin { try await $0.noop("a\r\nRSET") }
            let error = try await peer.error(of: bad)
            #expect(error.code == .invalidArgument)
            try await peer.expectSilence()
            let good = await peer.begin { try await $0.noop() }
            try await peer.answer("NOOP", with: "250 ok")
            #expect(try await good.value.code == .ok)
        }
    }

    @Test("a task cancelled while its turn is on the way to it harms nothing")
    func cancelAtTurn() async throws {
        try await withPeer { peer in
            let first = await peer.begin { try await $0.noop("1") }
            let second = await peer.begin { try await $0.noop("2") }
            try await peer.expect("NOOP 1\r\n")
            // The reply is here, but the first task has not run on yet.
            try await peer.deliver(ByteBuffer(string: "250 ok\r\n"))
            second.cancel()
            #expect(try await first.value.code == .ok)
            #expect(try await peer.error(of: second).code == .cancelled)
            try await peer.expectSilence()
            #expect(await peer.isOpen)
        }
    }
}
