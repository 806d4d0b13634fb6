package import NIOCore

/// Which of several servers a message goes to, and which are set aside because they failed.
///
/// A server that failed gets no message for a while, longer each time, and then one message at a time until one
/// has shown that it works. When all are set aside, the one whose time ends first is chosen all the same: mail
/// must have a chance. Servers are indices from 0; time and random numbers are given, never read.
package struct ServerSelection: Sendable {
    /// Which comes first.
    package let order: ServerOrder
    /// How long a server that failed is set aside.
    package let backOff: BackOff
    private var servers: [ServerHealth]

    /// Makes a selection in which every server is taken to work.
    ///
    /// - Parameters:
    ///   - count: Servers there are.
    ///   - order: Which comes first.
    ///   - backOff: How long a server that failed is set aside.
    package init(
        count: Int,
        order: ServerOrder = .ordered,
        backOff: BackOff = BackOff(initial: .seconds(10), maximum: .seconds(300))
    ) {
        self.order = order
        self.backOff = backOff
        self.servers = Array(repeating: ServerHealth(), count: max(0, count))
    }

    /// The server for a message.
    ///
    /// What came of it must be told by ``succeeded(_:)``, ``failed(_:at:random:)`` or ``unused(_:)``.
    ///
    /// - Parameters:
    ///   - now: Time.
    ///   - random: Random number from 0 up to 1.
    ///   - excluding: Servers this message has tried.
    /// - Returns: Nil where every server is excluded.
    package mutating func choose(at now: NIODeadline, random: Double, excluding: Set<Int> = []) -> Int? {
        let candidates = self.servers.indices.filter { !excluding.contains($0) }
        let available = candidates.filter { self.servers[$0].isAvailable(at: now) }
        guard let index = self.first(of: available, random: random) ?? self.firstToReturn(of: candidates)
        else { return nil }
        if case .setAside(let until) = self.servers[index].state, until <= now {
            self.servers[index].state = .onTrial(since: now)
        }
        return index
    }

    private func first(of available: [Int], random: Double) -> Int? {
        guard case .weighted(let weights) = self.order else { return available.first }
        var shares: [(index: Int, weight: Double)] = available.map {
            ($0, $0 < weights.count ? Double(max(0, weights[$0])) : 1)
        }
        shares.removeAll { $0.weight == 0 }
        guard let last = shares.last else { return available.first }
        var position = shares.reduce(0) { $0 + $1.weight } * random
        for share in shares {
            if position < share.weight { return share.index }
            position -= share.weight
        }
        return last.index
    }

    /// The one whose time ends first; those on trial come behind the others.
    private func firstToReturn(of candidates: [Int]) -> Int? {
        let waiting = candidates.filter {
            if case .onTrial = self.servers[$0].state { false } else { true }
        }
        let choice = waiting.isEmpty ? candidates : waiting
        return choice.min { self.servers[$0].returns < self.servers[$1].returns }
    }

    /// A server failed in a way that ``movesOn(_:)`` says is its own.
    ///
    /// Messages that were under way together and fail together count once.
    package mutating func failed(_ index: Int, at now: NIODeadline, random: Double) {
        guard self.servers.indices.contains(index) else { return }
        if case .setAside(let until) = self.servers[index].state, until > now { return }
        let delay = self.backOff.delay(attempt: self.servers[index].failures, random: random)
        self.servers[index].failures += 1
        self.servers[index].state = .setAside(until: now.advanced(by: delay))
    }

    /// A server works: it took a message, or refused it in a way that only servers which work do.
    package mutating func succeeded(_ index: Int) {
        guard self.servers.indices.contains(index) else { return }
        self.servers[index] = ServerHealth()
    }

    /// The message did not get as far as to tell whether the server works, because it was cancelled say; the
    /// next message tells.
    package mutating func unused(_ index: Int) {
        guard self.servers.indices.contains(index), case .onTrial(let since) = self.servers[index].state
        else { return }
        self.servers[index].state = .setAside(until: since)
    }

    /// Whether the message may go to the next server: certainly nobody accepted it, and the fault is the
    /// server's or is on the way to it (RFC 5321 section 5.1).
    ///
    /// Not so for refusals of sender, recipient or content, which the next server would repeat, and for
    /// credentials refused for good, because asking everywhere can lock an account.
    package static func movesOn(_ error: SMTPError) -> Bool {
        guard error.acceptance != .unknown, error.acceptance != .partly,
            !error.recipients.contains(where: { [.accepted, .unknown].contains($0.disposition) })
        else { return false }
        // What never left the queue says nothing about the server.
        if error.code == .timedOut, error.stage == .preparation { return false }
        switch error.code {
        case .hostUnknown, .cannotConnect, .timedOut, .disconnected, .serverClosing,
            .greetingRefused, .helloRefused, .malformedReply, .unexpectedReply, .unsolicitedData,
            .startTLSUnavailable, .certificateRejected, .unexpectedPlaintextBeforeTLS,
            .noAuthenticationMechanism, .authenticationNeedsEncryption:
            return true
        case .tlsFailed:
            // TLS that cannot be set up is wrong for every server.
            return error.stage != .preparation
        case .authenticationFailed:
            return error.reply?.code.severity == .transientNegative
        default:
            return false
        }
    }
}
