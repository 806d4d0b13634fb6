import NIOCore
import SMTPCore
import Testing

@testable import AsyncSMTP

@Suite("Dialogue: time", .timeLimit(.minutes(20)))
struct TimerTests {
    /// Different times for all steps, so that none can pass for another.
    private static func distinct(_ configuration: inout SMTPConfiguration) {
        configuration.timeouts.greeting = .seconds(11)
        configuration.timeouts.hello = .seconds(12)
        configuration.timeouts.authentication = .seconds(13)
        configuration.timeouts.mail = .seconds(14)
        configuration.timeouts.rcpt = .seconds(15)
        configuration.timeouts.data = .seconds(16)
        configuration.timeouts.contentBlock = .seconds(17)
        configuration.timeouts.finalReply = .seconds(18)
        configuration.timeouts.command = .seconds(19)
        configuration.timeouts.quit = .seconds(2)
    }

    @Test("R5321-4.5.3.2-1 R5321-4.5.3.2-2 R5321-4.5.3.2-3 the times up to RCPT")
    func envelopeDefaults() {
        let timeouts = Timeouts()
        #expect(timeouts.greeting == .seconds(5 * 60))
        #expect(timeouts.mail == .seconds(5 * 60))
        #expect(timeouts.rcpt == .seconds(5 * 60))
    }

    @Test("R5321-4.5.3.2-4 R5321-4.5.3.2-5 R5321-4.5.3.2-6 the times from DATA on")
    func contentDefaults() {
        let timeouts = Timeouts()
        #expect(timeouts.data == .seconds(2 * 60))
        #expect(timeouts.contentBlock == .seconds(3 * 60))
        #expect(timeouts.finalReply == .seconds(10 * 60))
        #expect(timeouts.quit <= .seconds(5))
        #expect(timeouts.send == nil)
    }

    @Test("R5321-4.5.3.2-1 the wait for the greeting ends at its time")
    func greeting() async throws {
        try await withPeer(.connected, configure: Self.distinct) { peer in
            let task = await peer.begin { try await $0.takeGreeting() }
            try await peer.send("220-mx.example\r\n")
            try await peer.expectTimeout(after: .seconds(11))
            let error = try await peer.error(of: task)
            #expect(error.code == .timedOut)
            #expect(error.stage == .greeting)
        }
    }

    @Test(
        "the waits for EHLO, AUTH and other commands end at their times",
        arguments: [12, 13, 19, 2] as [Int64]
    )
    func commands(seconds: Int64) async throws {
        try await withPeer(.offered(["AUTH PLAIN"]), configure: Self.distinct) { peer in
            await peer.advance(.seconds(100))
            switch seconds {
            case 12:
                let task = await peer.begin { try await $0.ehlo() }
                try await peer.expectTimeout(after: .seconds(12))
                #expect(try await peer.error(of: task).stage == .hello)
            case 13:
                let task = await peer.begin { try await $0.logIn(.init(username: "u", password: "p")) }
                try await peer.expectTimeout(after: .seconds(13))
                #expect(try await peer.error(of: task).stage == .authentication)
            case 2:
                let task = await peer.begin { await $0.quit() }
                try await peer.answerQuit(with: nil)
                try await peer.expectTimeout(after: .seconds(2))
                #expect(try await task.value == nil)
            default:
                let task = await peer.begin { try await $0.noop() }
                try await peer.expectTimeout(after: .seconds(19))
                #expect(try await peer.error(of: task).code == .timedOut)
            }
        }
    }

    @Test("R5321-4.5.3.2-2 the wait for the reply to MAIL ends at its time")
    func mail() async throws {
        try await withPeer(configure: Self.distinct) { peer in
            let task = try await peer.beginSend()
            try await peer.expect("MAIL FROM:<a@client.example>\r\n")
            try await peer.expectTimeout(after: .seconds(14))
            let error = try await peer.error(of: task)
            #expect(error.code == .timedOut)
            #expect(error.stage == .mail)
            #expect(error.acceptance == .notAccepted)
        }
    }

    @Test("R5321-4.5.3.2-3 the wait for the reply to each RCPT ends at its time, counted from that command")
    func rcpt() async throws {
        try await withPeer(configure: Self.distinct) { peer in
            let task = try await peer.beginSend(to: ["b@x.example", "c@x.example"])
            await peer.advance(.seconds(13))
            try await peer.answer("MAIL FROM:<a@client.example>", with: "250 ok")
            await peer.advance(.seconds(14))
            try await peer.answer("RCPT TO:<b@x.example>", with: "250 ok")
            try await peer.expect("RCPT TO:<c@x.example>\r\n")
            try await peer.expectTimeout(after: .seconds(15))
            #expect(try await peer.error(of: task).stage == .rcpt)
        }
    }

    @Test("R5321-4.5.3.2-4 the wait for the reply to DATA ends at its time")
    func data() async throws {
        try await withPeer(configure: Self.distinct) { peer in
            let task = try await peer.beginSend()
            try await peer.answer("MAIL FROM:<a@client.example>", with: "250 ok")
            try await peer.answer("RCPT TO:<b@x.example>", with: "250 ok")
            try await peer.expect("DATA\r\n")
            try await peer.expectTimeout(after: .seconds(16))
            let error = try await peer.error(of: task)
            #expect(error.stage == .data)
            #expect(error.acceptance == .notAccepted)
        }
    }

    @Test("R5321-4.5.3.2-5 Q73 the time for a block of content starts anew with each block")
    func block() async throws {
        try await withPeer(configure: Self.distinct) { peer in
            let source = ContentSource()
            let task = try await peer.beginSend(source)
            try await peer.answerEnvelope()
            try await peer.setWritable(false)
            for number in 1...5 { source.give("Field\(number): x\r\n") }
            for number in 1...3 {
                try await peer.expect("Field\(number): x\r\n")
                await peer.advance(.seconds(17) - .nanoseconds(1))
                #expect(await peer.isOpen)
                // Room for one block more, and no further.
                try await peer.setWritable(true, false)
            }
            try await peer.expect("Field4: x\r\n")
            try await peer.expectTimeout(after: .seconds(17))
            let error = try await peer.error(of: task)
            #expect(error.code == .timedOut)
            #expect(error.stage == .content)
            #expect(error.acceptance == .notAccepted)
            #expect(try await peer.takeEverything().isEmpty)
        }
    }

    @Test(
        "R5321-4.5.3.2-6 R5321-6.1-1 the wait for the final reply ends at its time; the outcome is not known"
    )
    func finalReply() async throws {
        try await withPeer(configure: Self.distinct) { peer in
            let task = try await peer.beginSend()
            try await peer.answerEnvelope()
            try await peer.expect(shortMessage + ".\r\n")
            try await peer.expectTimeout(after: .seconds(18))
            let error = try await peer.error(of: task)
            #expect(error.code == .timedOut)
            #expect(error.acceptance == .unknown)
        }
    }

    @Test("S-E3 E3.1 a reply that comes octet by octet does not stretch its time")
    func drip() async throws {
        try await withPeer(configure: Self.distinct) { peer in
            let task = await peer.begin { try await $0.noop() }
            for octet in ["2", "5", "0"] {
                await peer.advance(.seconds(6))
                try await peer.send(octet)
            }
            try await peer.expectTimeout(after: .seconds(1))
            #expect(try await peer.error(of: task).code == .timedOut)
        }
    }

    @Test("S-E3 E3.1 a reply of many lines does not stretch its time either")
    func dripOfLines() async throws {
        try await withPeer(configure: Self.distinct) { peer in
            let task = await peer.begin { try await $0.noop() }
            for _ in 1...3 {
                await peer.advance(.seconds(6))
                try await peer.send("250-wait\r\n")
            }
            try await peer.expectTimeout(after: .seconds(1))
            #expect(try await peer.error(of: task).code == .timedOut)
        }
    }

    @Test("a reply in the last nanosecond is in time")
    func lastNanosecond() async throws {
        try await withPeer(configure: Self.distinct) { peer in
            let task = await peer.begin { try await $0.noop() }
            await peer.advance(.seconds(19) - .nanoseconds(1))
            try await peer.send("250 ok\r\n")
            #expect(try await task.value.code == .ok)
            await peer.advance(.hours(1))
            #expect(await peer.isOpen)
        }
    }

    @Test("the time for a whole send ends it wherever it is", arguments: [0, 1, 2, 3])
    func wholeSend(answered: Int) async throws {
        try await withPeer(configure: { $0.timeouts.send = .seconds(20) }) { peer in
            let task = try await peer.beginSend()
            let commands = [
                ("MAIL FROM:<a@client.example>", "250 ok"), ("RCPT TO:<b@x.example>", "250 ok"),
                ("DATA", "354 go"),
                (shortMessage + ".", "250 ok"),
            ]
            for (command, reply) in commands.prefix(answered) {
                await peer.advance(.seconds(5))
                try await peer.answer(command, with: reply)
            }
            try await peer.expect(commands[answered].0 + "\r\n")
            try await peer.expectTimeout(after: .seconds(20 - 5 * Int64(answered)))
            let error = try await peer.error(of: task)
            #expect(error.code == .timedOut)
            #expect(error.acceptance == (answered == 3 ? .unknown : .notAccepted))
        }
    }

    @Test("the time for a whole send ends a wait for room")
    func wholeSendWaitingForRoom() async throws {
        try await withPeer(configure: { $0.timeouts.send = .seconds(20) }) { peer in
            let source = ContentSource()
            let task = try await peer.beginSend(source)
            try await peer.answerEnvelope()
            try await peer.setWritable(false)
            for text in ["Subject: x\r\n\r\n", "one\r\n"] { source.give(text) }
            try await peer.expectTimeout(after: .seconds(20))
            #expect(try await peer.error(of: task).acceptance == .notAccepted)
        }
    }

    @Test("the time for a whole send counts the wait for the turn")
    func wholeSendWaitingForTurn() async throws {
        try await withPeer(configure: { $0.timeouts.send = .seconds(20) }) { peer in
            let noop = await peer.begin { try await $0.noop() }
            let task = try await peer.beginSend()
            try await peer.expect("NOOP\r\n")
            await peer.advance(.seconds(20))
            let error = try await peer.error(of: task)
            #expect(error.code == .timedOut)
            #expect(error.acceptance == .notAccepted)
            // Who has the turn is not harmed.
            try await peer.send("250 ok\r\n")
            #expect(try await noop.value.code == .ok)
            try await peer.expectSilence()
            #expect(await peer.isOpen)
        }
    }

    @Test("the time for a whole send counts EHLO")
    func wholeSendWaitingForHello() async throws {
        try await withPeer(.greeted, configure: { $0.timeouts.send = .seconds(20) }) { peer in
            let task = try await peer.beginSend()
            try await peer.expect("EHLO client.example\r\n")
            try await peer.expectTimeout(after: .seconds(20))
            #expect(try await peer.error(of: task).code == .timedOut)
        }
    }
}
