import NIOCore
import NIOEmbedded
import SMTPCore
import Testing

@testable import AsyncSMTP

/// The server's side of a session, in the hands of a test: octets, their end, and the time.
///
/// A session runs on the event loop of its channel and nowhere else. Once that loop has nothing left to do
/// the session has gone as far as it can, so nothing here waits for time to pass, and silence can be told.
struct Peer: Sendable {
    /// Nothing was written where something was expected.
    struct Silence: Error {}
    /// The network failed.
    struct NetworkFailure: Error {}

    let session: SMTPSession
    let channel: NIOAsyncTestingChannel
    let wire: NIOLoopBound<Wire>
    /// The server's end of TLS where the tests run over it; nil in clear.
    var tls: NIOLoopBound<TLSPeer>?

    // MARK: The session

    /// Begins an operation of the session and lets it go as far as it gets by itself.
    func begin<Value: Sendable>(
        _ operation: @escaping @Sendable (isolated SMTPSession) async throws -> Value
    ) async -> Task<Value, any Error> {
        let task = await self.session.begin(operation)
        await self.settle()
        return task
    }

    /// Lets the session go as far as it can.
    func settle() async {
        await self.channel.testingEventLoop.run()
    }

    /// The error an operation ended with.
    func error(
        of task: Task<some Sendable, any Error>,
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws -> SMTPError {
        await self.settle()
        // TLS that closes gives its close_notify a second to leave, which it cannot where the network is stuck.
        let isStuck = try await self.channel.testingEventLoop.executeInContext { self.wire.value.isStuck }
        if self.tls != nil, isStuck { await self.advance(.seconds(1)) }
        guard case .failure(let error) = await task.result else {
            Issue.record("the operation succeeded", sourceLocation: sourceLocation)
            throw Silence()
        }
        return try #require(error as? SMTPError, sourceLocation: sourceLocation)
    }

    var isOpen: Bool {
        get async { await self.session.isOpen }
    }

    // MARK: Octets

    /// Checks what was written with one flush; nothing else was written before it.
    func expect(_ octets: String, sourceLocation: SourceLocation = #_sourceLocation) async throws {
        let written = try await self.takeSegment()
        guard let written else {
            Issue.record(
                "nothing was written instead of \(octets.debugDescription)",
                sourceLocation: sourceLocation
            )
            throw Silence()
        }
        #expect(written == octets, sourceLocation: sourceLocation)
    }

    /// What was written with one flush; nil for nothing.
    func takeSegment() async throws -> String? {
        await self.settle()
        while let segment = try await self.channel.readOutbound(as: ByteBuffer.self) {
            if let octets = try await self.read(segment) { return octets }
        }
        return nil
    }

    /// The octets in a segment; nil for one in which TLS speaks for itself.
    private func read(_ segment: ByteBuffer) async throws -> String? {
        guard let tls else { return String(buffer: segment) }
        let octets = try await self.channel.testingEventLoop.executeInContext { tls.value.decrypt(segment) }
        return octets.readableBytes > 0 ? String(buffer: octets) : nil
    }

    /// Everything that was written and not looked at yet.
    func takeEverything() async throws -> String {
        var result = ""
        while let segment = try await self.takeSegment() { result += segment }
        return result
    }

    /// Checks and answers the QUIT of a session; it comes from a task that no test began and is waited for.
    func answerQuit(with reply: String?, sourceLocation: SourceLocation = #_sourceLocation) async throws {
        try await self.expectLater("QUIT\r\n", sourceLocation: sourceLocation)
        if let reply { try await self.send(reply + "\r\n") }
    }

    /// Checks what is written next, by a task that no test began; waits for it.
    func expectLater(_ octets: String, sourceLocation: SourceLocation = #_sourceLocation) async throws {
        var written: String?
        while written == nil {
            written = try await self.read(self.channel.waitForOutboundWrite(as: ByteBuffer.self))
        }
        #expect(written == octets, sourceLocation: sourceLocation)
    }

    /// Checks that the session has nothing to say.
    func expectSilence(sourceLocation: SourceLocation = #_sourceLocation) async throws {
        let written = try await self.takeSegment()
        #expect(written == nil, sourceLocation: sourceLocation)
    }

    /// Brings octets in one segment.
    func send(_ octets: String) async throws {
        try await self.send(ByteBuffer(string: octets))
    }

    func send(_ octets: ByteBuffer) async throws {
        try await self.deliver(octets)
        await self.settle()
    }

    /// Brings octets in one segment and does not wait for what comes of them.
    func deliver(_ octets: ByteBuffer) async throws {
        guard let tls else {
            try await self.channel.writeInbound(octets)
            return
        }
        try await self.channel.testingEventLoop.executeInContext { self.receive(tls.value.encrypt(octets)) }
    }

    /// Takes the records of one segment, each by itself, before the session gets to do anything.
    func receive(_ records: [ByteBuffer]) {
        for record in records { self.channel.pipeline.fireChannelRead(record) }
        self.channel.pipeline.fireChannelReadComplete()
    }

    /// Checks a command and answers it.
    func answer(
        _ command: String,
        with reply: String,
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        try await self.expect(command + "\r\n", sourceLocation: sourceLocation)
        try await self.send(reply + "\r\n")
    }

    // MARK: What happens to the network

    /// The server closes the connection.
    func close() async throws {
        try await self.channel.testingEventLoop.executeInContext {
            if let tls = self.tls { self.receive(tls.value.close()) }
            self.channel.close(promise: nil)
        }
        await self.settle()
    }

    /// The network fails.
    func fail() async throws {
        try await self.channel.testingEventLoop.executeInContext {
            self.channel.pipeline.fireErrorCaught(NetworkFailure())
        }
        await self.settle()
    }

    /// Room to write comes or goes; several changes happen before the session sees any.
    func setWritable(_ changes: Bool...) async throws {
        try await self.channel.testingEventLoop.executeInContext {
            for isWritable in changes {
                self.channel.isWritable = isWritable
                self.channel.pipeline.fireChannelWritabilityChanged()
            }
        }
        await self.settle()
    }

    /// From now on octets do not leave this side.
    func stick() async throws {
        try await self.channel.testingEventLoop.executeInContext { self.wire.value.isStuck = true }
    }

    /// How often the session asked for octets.
    var reads: Int {
        get async throws {
            try await self.channel.testingEventLoop.executeInContext { self.wire.value.reads }
        }
    }

    // MARK: Time

    func advance(_ amount: TimeAmount) async {
        await self.channel.testingEventLoop.advanceTime(by: amount)
    }

    /// Checks that the connection is given up at exactly this time from now, and not a nanosecond before.
    func expectTimeout(
        after amount: TimeAmount,
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        await self.advance(amount - .nanoseconds(1))
        #expect(await self.isOpen, "given up too early", sourceLocation: sourceLocation)
        await self.advance(.nanoseconds(1))
        #expect(await !self.isOpen, "not given up in time", sourceLocation: sourceLocation)
    }
}

extension SMTPSession {
    /// Begins an operation on the session's own event loop: operations begin in the order of the calls.
    fileprivate func begin<Value: Sendable>(
        _ operation: @escaping @Sendable (isolated SMTPSession) async throws -> Value
    ) -> Task<Value, any Error> {
        Task(executorPreference: LoopTaskExecutor(self.channel.eventLoop)) { try await operation(self) }
    }

    /// Reads the greeting, as connecting does.
    func takeGreeting() async throws(SMTPError) {
        self.greeting = try await self.readReply(.greeting, timeout: self.configuration.timeouts.greeting)
    }
}
