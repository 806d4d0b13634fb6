internal import DequeModule
package import NIOCore
package import SMTPCore

/// What to do with octets, waits and time on one connection: decides, and does nothing itself.
///
/// It owns the first two reply layers, counts the replies that are still owed, and holds lines nobody asked
/// for yet. Time comes in as an argument. At most one reader and one writer wait at a time.
package struct ConnectionStateMachine: ~Copyable, Sendable {
    /// Identity of one wait, so that a late cancellation cannot hit the next one.
    package typealias WaitID = UInt64

    /// Answer to a request for a line.
    package enum ReadAnswer: Sendable {
        case line(ReplyLine)
        /// Every line was given out and the server closed the connection.
        case endOfStream
        case failed(ConnectionFailure)
        /// Nothing there yet: wait, with a timer at this time unless one is set already.
        case wait(timer: NIODeadline?)
    }

    /// Answer to a request for room to write.
    package enum WriteAnswer: Sendable {
        case ready
        case failed(ConnectionFailure)
        case wait(timer: NIODeadline?)
    }

    /// What happened has these consequences; the handler carries them out in this order.
    package struct Effects: Sendable {
        package var reader: ReadAnswer?
        package var writer: WriteAnswer?
        package var closes = false
        package var timer: NIODeadline?
        package var resumesReading = false
    }

    private struct Wait: Sendable {
        var id: WaitID
        var deadline: NIODeadline
    }

    /// How far the change from clear text to TLS has come (RFC 3207 section 4).
    private enum Upgrade: Sendable {
        case none
        /// STARTTLS was sent, its reply is owed.
        case asked
        /// The server said 220: whatever comes before TLS is there was not said by whoever will be verified.
        case granted
    }

    private enum State: Sendable {
        case open
        /// No more will be read or written; lines already here are still given out.
        case ended(ConnectionFailure)
    }

    private let limits: ReplyLimits
    private var state = State.open
    private var framer = LineFramer()
    private var lines = Deque<ReplyLine>()
    private var unreadLength = 0
    /// Replies the server still owes.
    package private(set) var repliesOwed = 0
    private var blankLines = 0
    private var linesInReply = 0
    private var isWritable = true
    private var reader: Wait?
    private var writer: Wait?
    private var timer: NIODeadline?
    private var isReadingPaused = false
    private var upgrade = Upgrade.none
    /// Whether lines may have the length of a SASL challenge.
    package var allowsLongLines = false

    /// A connection whose server owes a greeting.
    package init(limits: ReplyLimits) {
        self.limits = limits
        self.repliesOwed = 1
    }

    /// Whether the network should be read from; false while too much lies here unasked for.
    package var wantsReading: Bool { !self.isReadingPaused }

    /// Whether octets of the server are here that nobody asked for yet.
    package var hasUnreadData: Bool { !self.lines.isEmpty || self.framer.bufferedByteCount > 0 }

    /// Whether lines of replies are here that nobody took yet.
    package var hasUnreadReplies: Bool { !self.lines.isEmpty }

    /// Whether the connection is open and the server owes nothing.
    package var isIdle: Bool {
        guard case .open = self.state else { return false }
        return self.repliesOwed == 0 && !self.hasUnreadData
    }

    /// Whether the connection is open.
    package var isOpen: Bool {
        if case .open = self.state { true } else { false }
    }

    // MARK: Events

    /// Octets came.
    package mutating func received(_ bytes: ByteBuffer) -> Effects {
        guard self.isOpen else { return Effects() }
        self.framer.append(bytes)
        do throws(ReplyError) {
            while self.isOpen, self.upgrade != .granted,
                let line = try self.framer.nextLine(limit: self.lineLimit)
            {
                try self.take(line)
            }
            self.refuseOctetsBeforeTLS()
        } catch {
            self.state = .ended(.malformedReply(error))
        }
        if self.unreadLength > self.limits.maximumUnreadLength { self.isReadingPaused = true }
        return self.effects()
    }

    /// Behind the 220 to STARTTLS not even a fragment may stand (S-C1).
    private mutating func refuseOctetsBeforeTLS() {
        guard self.isOpen, self.upgrade == .granted, self.framer.bufferedByteCount > 0 else { return }
        self.state = .ended(.plaintextBeforeTLS(count: self.framer.bufferedByteCount))
        self.lines.removeAll()
        self.unreadLength = 0
    }

    private var lineLimit: Int {
        let text = self.allowsLongLines ? self.limits.maximumChallengeLength : self.limits.maximumTextLength
        return min(text, 1 << 30) + 4
    }

    private mutating func take(_ bytes: ByteBuffer) throws(ReplyError) {
        // Some servers put empty lines around their replies; a few do no harm.
        if bytes.readableBytes == 0 {
            self.blankLines += 1
            guard self.linesInReply == 0, self.blankLines <= 8 else {
                throw ReplyError(.emptyLine, line: bytes.readableBytesView)
            }
            return
        }
        self.blankLines = 0
        guard self.repliesOwed > 0 else {
            let line = try? ReplyLine(parsing: bytes)
            if let line, line.code == .serviceNotAvailable {
                let reply = Reply(code: line.code, text: Array(line.text.readableBytesView))
                self.state = .ended(.serverClosing(reply))
            } else {
                self.state = .ended(.unsolicitedData(excerpt: Array(bytes.readableBytesView.prefix(200))))
            }
            return
        }
        let line = try ReplyLine(parsing: bytes)
        if line.isLast {
            // 354 promises a reply to the content; one that comes before it is a refusal and no stray line.
            if line.code != .startMailInput { self.repliesOwed -= 1 }
            self.linesInReply = 0
            if self.upgrade == .asked { self.upgrade = line.code == .ready ? .granted : .none }
        } else {
            // Counted here as well as where replies are joined, so that a flood nobody reads stays small.
            self.linesInReply += 1
            guard self.linesInReply <= self.limits.maximumLines else {
                throw ReplyError(.tooManyLines, line: bytes.readableBytesView)
            }
        }
        self.lines.append(line)
        self.unreadLength += Self.cost(of: line)
    }

    /// Memory a line takes, roughly: its text and what holds it.
    private static func cost(of line: ReplyLine) -> Int { line.text.readableBytes + 64 }

    /// The connection ended: nil when the server closed it, an error when the network failed.
    package mutating func ended(_ error: (any Error)?) -> Effects {
        guard self.isOpen else { return self.effects() }
        self.state = .ended(error.map(ConnectionFailure.network) ?? .closedByServer)
        return self.effects()
    }

    /// This side gives the connection up.
    ///
    /// Lines that came before a connection ended by itself are kept: they may say why.
    package mutating func abandon(_ failure: ConnectionFailure) -> Effects {
        if self.isOpen {
            self.state = .ended(failure)
            self.lines.removeAll()
            self.unreadLength = 0
        } else if case .ended(let own) = self.state {
            switch (own, failure) {
            case (.malformedReply, .malformedReply), (.unsolicitedData, .unsolicitedData),
                (.serverClosing, .serverClosing):
                // The reader hands the failure back without what must not be shown.
                self.state = .ended(failure)
            default: break
            }
        }
        return self.effects()
    }

    /// The caller is done with the connection; how it ended does not matter any more.
    package mutating func close() -> Effects {
        self.state = .ended(.closedLocally)
        self.lines.removeAll()
        self.unreadLength = 0
        return self.effects()
    }

    /// The task of a wait was cancelled.
    package mutating func cancelled(_ id: WaitID) -> Effects {
        guard self.reader?.id == id || self.writer?.id == id else { return Effects() }
        return self.abandon(.cancelled)
    }

    /// Room to write came or went.
    package mutating func writabilityChanged(to isWritable: Bool) -> Effects {
        self.isWritable = isWritable
        return self.effects()
    }

    /// The timer fired.
    package mutating func timerFired(at now: NIODeadline) -> Effects {
        self.timer = nil
        let deadlines = [self.reader?.deadline, self.writer?.deadline].compactMap { $0 }
        guard let earliest = deadlines.min() else { return Effects() }
        guard earliest > now else { return self.abandon(.timedOut) }
        var effects = Effects()
        effects.timer = self.schedule(earliest)
        return effects
    }

    // MARK: Requests

    /// Notes that a command will be answered by `count` replies; the failure says why nothing may be written.
    ///
    /// Octets that came before the command cannot be its answer (S-E5): they end the connection.
    package mutating func willWrite(repliesExpected count: Int) -> ConnectionFailure? {
        switch self.state {
        case .ended(let failure): return failure
        case .open:
            if self.repliesOwed == 0, self.framer.bufferedByteCount > 0 {
                let failure = ConnectionFailure.unsolicitedData(excerpt: [])
                self.state = .ended(failure)
                return failure
            }
            self.repliesOwed += count
            return nil
        }
    }

    /// STARTTLS is about to be written: nothing may follow its 220.
    package mutating func willAskForTLS() {
        self.upgrade = .asked
    }

    /// The octets from here on are those of TLS; the failure says why there must be none.
    package mutating func beginTLS() -> ConnectionFailure? {
        guard case .open = self.state else { return self.failure }
        self.upgrade = .none
        self.blankLines = 0
        return nil
    }

    /// Why the connection ended; nil while it is open.
    package var failure: ConnectionFailure? {
        if case .ended(let failure) = self.state { failure } else { nil }
    }

    /// The reply that a 354 promised is counted by somebody else.
    package mutating func forgetPromise() {
        self.repliesOwed = max(0, self.repliesOwed - 1)
    }

    /// An exchange is over: replies counted for it that turned out not to come are owed no more.
    ///
    /// - Returns: Nil, or why the connection cannot be used for another exchange.
    package mutating func settle() -> ConnectionFailure? {
        switch self.state {
        case .ended(let failure): return failure
        case .open:
            self.repliesOwed = 0
            guard self.hasUnreadData else { return nil }
            let failure = ConnectionFailure.unsolicitedData(
                excerpt: Array(self.lines.first?.text.readableBytesView.prefix(200) ?? [])
            )
            self.state = .ended(failure)
            return failure
        }
    }

    /// A reader wants the next line by `deadline`.
    package mutating func nextLine(_ id: WaitID, deadline: NIODeadline) -> ReadAnswer {
        if let line = self.takeLine() { return .line(line) }
        switch self.state {
        case .ended(.closedByServer): return .endOfStream
        case .ended(let failure): return .failed(failure)
        case .open:
            self.reader = Wait(id: id, deadline: deadline)
            return .wait(timer: self.schedule(deadline))
        }
    }

    /// A writer wants room by `deadline`.
    package mutating func awaitWritable(_ id: WaitID, deadline: NIODeadline) -> WriteAnswer {
        switch self.state {
        case .ended(let failure): return .failed(failure)
        case .open where self.isWritable: return .ready
        case .open:
            self.writer = Wait(id: id, deadline: deadline)
            return .wait(timer: self.schedule(deadline))
        }
    }

    /// Whether reading was paused and may go on, because enough was taken.
    package mutating func resumeReadingIfDrained() -> Bool {
        guard self.isReadingPaused, self.unreadLength <= self.limits.maximumUnreadLength / 2 else {
            return false
        }
        self.isReadingPaused = false
        return true
    }

    // MARK: Consequences

    /// The next line that is here and nobody took yet.
    package mutating func takeLine() -> ReplyLine? {
        guard let line = self.lines.popFirst() else { return nil }
        self.unreadLength -= Self.cost(of: line)
        return line
    }

    /// Sets the timer unless one that fires no later is set already: deadlines move on with every command,
    /// and a timer that fires early only looks again.
    private mutating func schedule(_ deadline: NIODeadline) -> NIODeadline? {
        guard deadline != .distantFuture else { return nil }
        if let timer = self.timer, timer <= deadline { return nil }
        self.timer = deadline
        return deadline
    }

    private mutating func effects() -> Effects {
        var effects = Effects()
        if self.reader != nil {
            if let line = self.takeLine() {
                effects.reader = .line(line)
            } else if case .ended(let failure) = self.state {
                if case .closedByServer = failure {
                    effects.reader = .endOfStream
                } else {
                    effects.reader = .failed(failure)
                }
            }
            if effects.reader != nil { self.reader = nil }
        }
        if self.writer != nil {
            if case .ended(let failure) = self.state {
                effects.writer = .failed(failure)
            } else if self.isWritable {
                effects.writer = .ready
            }
            if effects.writer != nil { self.writer = nil }
        }
        effects.closes = !self.isOpen
        effects.resumesReading = self.resumeReadingIfDrained()
        return effects
    }
}
