import AsyncSMTP
import SMTPTestServer
import Testing

@Suite("Transports: memory", .timeLimit(.minutes(20)))
struct MemoryTransportTests {
    private struct Broken: Error {}

    private static func message(_ number: Int) throws -> RawMessage {
        RawMessage(
            .text("Message-ID: <\(number)@x.example>\n\n"),
            envelope: try Envelope(from: "", to: ["b@x.example"])
        )
    }

    private static func error(_ body: () async throws -> Void) async throws -> SMTPError {
        try #require(await #expect(throws: SMTPError.self) { try await body() })
    }

    @Test("messages are kept as they would have gone out, in order")
    func kept() async throws {
        let mail = MemoryTransport()
        for number in 1...3 { try await mail.send(try Self.message(number)) }
        #expect(mail.messages.map(\.messageID) == ["1@x.example", "2@x.example", "3@x.example"])
        #expect(mail.messages.map(\.text)[1] == "Message-ID: <2@x.example>\r\n\r\n")
        #expect(mail.messages[0].envelope.recipients.map(\.path.description) == ["<b@x.example>"])
        mail.removeAll()
        #expect(mail.messages.isEmpty)
    }

    @Test("next gives each message once, those that were there and those that come")
    func next() async throws {
        let mail = MemoryTransport()
        try await mail.send(try Self.message(1))
        #expect(try await mail.next().messageID == "1@x.example")
        let waiting = Task { try await mail.next() }
        try await mail.send(try Self.message(2))
        try await mail.send(try Self.message(3))
        let others = [try await waiting.value.messageID, try await mail.next().messageID]
        #expect(Set(others) == ["2@x.example", "3@x.example"])
        #expect(mail.messages.count == 3)
        try await mail.send(try Self.message(4))
        mail.removeAll()
        try await mail.send(try Self.message(5))
        #expect(try await mail.next().messageID == "5@x.example")
    }

    @Test("a task that waits can be cancelled, and takes no message with it", arguments: 0..<50)
    func cancelledWait(run: Int) async throws {
        let mail = MemoryTransport()
        let task = Task { try await mail.next() }
        if run.isMultiple(of: 2) { await Task.yield() }
        task.cancel()
        await #expect(throws: CancellationError.self) { _ = try await task.value }
        try await mail.send(try Self.message(run))
        #expect(try await mail.next().messageID == "\(run)@x.example")
    }

    @Test("what exceeds the capacity is refused, also what is on its way", arguments: [0, 1, 3])
    func capacity(count: Int) async throws {
        let gate = SMTPTestServer.Gate()
        let mail = MemoryTransport(capacity: count) { _ in try await gate.wait() }
        let results = await withTaskGroup { group in
            for number in 0..<(count + 5) {
                group.addTask {
                    await #expect(throws: SMTPError.self) { try await mail.send(try Self.message(number)) }
                }
            }
            var refused = 0
            while refused < 5, let error = await group.next() {
                #expect(error?.code == .tooManyMessages)
                refused += 1
            }
            group.cancelAll()
            return await group.reduce(into: [SMTPError?]()) { $0.append($1) }
        }
        #expect(results.map { $0?.code } == Array(repeating: .cancelled, count: count))
        gate.open()
        for number in 0..<count { try await mail.send(try Self.message(number)) }
        #expect(mail.messages.count == count)
        #expect(try await Self.error { try await mail.send(try Self.message(9)) }.code == .tooManyMessages)
    }

    @Test("a message that is too large is refused, and its place is free again", arguments: [28, 29])
    func size(limit: Int) async throws {
        let mail = MemoryTransport(capacity: 1, maximumMessageSize: limit)
        if limit < 29 {
            #expect(
                try await Self.error { try await mail.send(try Self.message(1)) }.code == .messageTooLarge
            )
        }
        let small = RawMessage(.text("S: x\n"), envelope: try Envelope(from: "", to: ["b@x.example"]))
        try await mail.send(limit < 29 ? small : try Self.message(1))
        #expect(mail.messages.count == 1)
    }

    @Test(
        "failures come in order, once each, with what they say about the message",
        arguments: [
            (Acceptance.notAccepted, RetryAdvice.retryLater), (.refusedTemporarily, .retryLater),
            (.refusedPermanently, .doNotRetry), (.unknown, .mayDuplicate),
        ]
    )
    func failures(acceptance: Acceptance, advice: RetryAdvice) async throws {
        let mail = MemoryTransport()
        mail.fail(next: .transportFailed, acceptance: acceptance)
        mail.fail(next: .timedOut)
        let first = try await Self.error { try await mail.send(Sample.message) }
        #expect(first.code == .transportFailed)
        #expect(first.acceptance == acceptance)
        #expect(first.retryAdvice == advice)
        mail.fail(next: first)
        #expect(try await Self.error { try await mail.send(Sample.message) }.code == .timedOut)
        #expect(try await Self.error { try await mail.send(Sample.message) }.code == .transportFailed)
        try await mail.send(Sample.message)
        #expect(mail.messages.count == 1)
    }

    @Test("onSend sees the message, and may refuse it")
    func onSend() async throws {
        let mail = MemoryTransport { message in
            if message.messageID == "1@x.example" { throw Broken() }
            if message.messageID == "2@x.example" { throw CancellationError() }
        }
        let error = try await Self.error { try await mail.send(try Self.message(1)) }
        #expect(error.code == .transportFailed)
        #expect(error.underlying is Broken)
        #expect(try await Self.error { try await mail.send(try Self.message(2)) }.code == .cancelled)
        try await mail.send(try Self.message(3))
        #expect(mail.messages.map(\.messageID) == ["3@x.example"])
    }

    @Test("all parameters are kept, required ones too")
    func parameters() async throws {
        let mail = MemoryTransport()
        var envelope = try Envelope(from: "a@x.example", to: ["b@x.example"])
        envelope.parameters.requireTLS = .require
        envelope.parameters.priority = .require(try TransferPriority(3))
        envelope.parameters.custom = [CustomParameter(try ESMTPParameter("X-TAG"))]
        envelope.recipients[0].parameters.notify = .require(.never)
        try await mail.send(RawMessage(.text("S: x\n\n"), envelope: envelope))
        #expect(mail.messages.map(\.envelope) == [envelope])
    }
}
