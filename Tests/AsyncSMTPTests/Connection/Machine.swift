import NIOCore
import SMTPCore

@testable import AsyncSMTP

/// A connection's state machine without a channel; what it answers is given back as facts that compare.
final class Machine {
    /// What the machine answered, times in seconds.
    enum Fact: Hashable {
        case line(String)
        case endOfStream
        case failed(String)
        case ready
        case waits
        case timer(Int64)
        case closes
        case reads
    }

    private var machine: ConnectionStateMachine

    /// - Parameter isGreeted: Whether the greeting has come and was taken.
    init(_ limits: ReplyLimits = ReplyLimits(), isGreeted: Bool = false) {
        self.machine = ConnectionStateMachine(limits: limits)
        guard isGreeted else { return }
        _ = self.receive("220 mx.example\r\n")
        _ = self.want()
    }

    var isIdle: Bool { self.machine.isIdle }
    var isOpen: Bool { self.machine.isOpen }
    var hasUnreadData: Bool { self.machine.hasUnreadData }
    var wantsReading: Bool { self.machine.wantsReading }

    func allowLongLines() {
        self.machine.allowsLongLines = true
    }

    // MARK: Events

    func receive(_ text: String) -> [Fact] {
        Self.facts(self.machine.received(ByteBuffer(string: text)))
    }

    func end(_ error: (any Error)? = nil) -> [Fact] {
        Self.facts(self.machine.ended(error))
    }

    func abandon(_ failure: ConnectionFailure) -> [Fact] {
        Self.facts(self.machine.abandon(failure))
    }

    func cancel(_ id: UInt64) -> [Fact] {
        Self.facts(self.machine.cancelled(id))
    }

    func setWritable(_ isWritable: Bool) -> [Fact] {
        Self.facts(self.machine.writabilityChanged(to: isWritable))
    }

    func fire(at second: Int64) -> [Fact] {
        Self.facts(self.machine.timerFired(at: .uptimeNanoseconds(0) + .seconds(second)))
    }

    // MARK: Requests

    /// - Returns: The failure that forbids writing.
    func write(replies count: Int = 1) -> String? {
        self.machine.willWrite(repliesExpected: count)?.name
    }

    func settle() -> String? {
        self.machine.settle()?.name
    }

    /// Asks for a line.
    func want(_ id: UInt64 = 1, by second: Int64? = nil) -> [Fact] {
        switch self.machine.nextLine(id, deadline: Self.deadline(second)) {
        case .wait(let timer): [.waits] + Self.timer(timer)
        case let answer: [Self.fact(answer)]
        }
    }

    /// Asks for room to write.
    func wantRoom(_ id: UInt64 = 1, by second: Int64? = nil) -> [Fact] {
        switch self.machine.awaitWritable(id, deadline: Self.deadline(second)) {
        case .ready: [.ready]
        case .failed(let failure): [.failed(failure.name)]
        case .wait(let timer): [.waits] + Self.timer(timer)
        }
    }

    func resumeReadingIfDrained() -> Bool {
        self.machine.resumeReadingIfDrained()
    }

    private static func deadline(_ second: Int64?) -> NIODeadline {
        second.map { .uptimeNanoseconds(0) + .seconds($0) } ?? .distantFuture
    }

    private static func timer(_ deadline: NIODeadline?) -> [Fact] {
        deadline.map { [.timer(Int64($0.uptimeNanoseconds / 1_000_000_000))] } ?? []
    }

    private static func fact(_ answer: ConnectionStateMachine.ReadAnswer) -> Fact {
        switch answer {
        case .line(let line):
            .line("\(line.code)\(line.isLast ? " " : "-")\(String(buffer: line.text))")
        case .endOfStream: .endOfStream
        case .failed(let failure): .failed(failure.name)
        case .wait: .waits
        }
    }

    private static func facts(_ effects: ConnectionStateMachine.Effects) -> [Fact] {
        var facts: [Fact] = []
        if let reader = effects.reader { facts.append(self.fact(reader)) }
        switch effects.writer {
        case .ready: facts.append(.ready)
        case .failed(let failure): facts.append(.failed(failure.name))
        case .wait, nil: break
        }
        facts += self.timer(effects.timer)
        if effects.closes { facts.append(.closes) }
        if effects.resumesReading { facts.append(.reads) }
        return facts
    }
}

extension ConnectionFailure {
    /// The failure and what it carries, in words that compare.
    var name: String {
        switch self {
        case .closedByServer: "closedByServer"
        case .network(let error): "network \(error)"
        case .malformedReply(let error): "malformedReply \(error.reason)"
        case .unsolicitedData(let excerpt): "unsolicitedData \(String(decoding: excerpt, as: UTF8.self))"
        case .serverClosing(let reply): "serverClosing \(reply)"
        case .plaintextBeforeTLS(let count): "plaintextBeforeTLS \(count)"
        case .tls(let error): "tls \(error.code)"
        case .timedOut: "timedOut"
        case .cancelled: "cancelled"
        case .closedLocally: "closedLocally"
        }
    }
}
