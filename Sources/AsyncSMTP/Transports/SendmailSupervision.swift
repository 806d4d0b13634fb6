#if canImport(Subprocess)
#if canImport(Darwin)
internal import Darwin
#elseif canImport(Musl)
internal import Musl
#else
internal import Glibc
#endif
internal import NIOConcurrencyHelpers

/// Ends a program that has to end, and knows what it can have of the message.
///
/// A program that cannot be killed, because it runs as another user, is given the rest of the message: half of one
/// must not look whole. Nobody waits for it any more.
final class SendmailSupervision: Sendable {
    /// What a send ends with: octets of content, every line end counted as CRLF.
    typealias Outcome = Result<UInt64, SMTPError>

    private struct State: Sendable {
        var process: Int32?
        var ending: SendmailEnding?
        /// Whether it had to end, and could not be killed.
        var isOutOfReach = false
        var isComplete = false
        var outcome: Outcome?
        var waiter: CheckedContinuation<Outcome, Never>?
    }

    private let kill: @Sendable (Int32) -> Bool
    private let state = NIOLockedValueBox(State())

    /// Supervises one run.
    ///
    /// - Parameter kill: Kills a group of processes; false where that is not possible.
    init(kill: @escaping @Sendable (Int32) -> Bool = SendmailSupervision.killGroup) {
        self.kill = kill
    }

    /// Kills a group of processes.
    ///
    /// - Returns: Whether there is none any more.
    static func killGroup(_ leader: Int32) -> Bool {
        killpg(leader, SIGKILL) == 0 || errno == ESRCH
    }

    /// Why the program was to end, if it was.
    var ending: SendmailEnding? { self.state.withLockedValue { $0.ending } }
    /// Whether the program may have seen the end of the message.
    var isComplete: Bool { self.state.withLockedValue { $0.isComplete } }
    /// Whether the program was killed.
    var isKilled: Bool { self.state.withLockedValue { $0.ending != nil && !$0.isOutOfReach } }

    /// The program runs.
    func begin(_ process: Int32) {
        self.change {
            $0.process = process
            if $0.ending != nil { self.end(&$0) }
        }
    }

    /// The whole message was written, and its end comes next.
    func complete() {
        self.state.withLockedValue {
            // What is written to a program that was killed reaches nobody.
            if $0.ending == nil || $0.isOutOfReach { $0.isComplete = true }
        }
    }

    /// Lets the program end, unless it has ended or has to already.
    func stop(_ ending: SendmailEnding) {
        self.change {
            guard $0.ending == nil, $0.outcome == nil else { return }
            $0.ending = ending
            self.end(&$0)
        }
    }

    /// The program has ended, or there was none.
    func finish(_ outcome: Outcome) {
        self.change {
            $0.process = nil
            $0.outcome = $0.outcome ?? outcome
        }
    }

    /// Waits for the end of the program, or until it turns out that it cannot be made to end.
    func outcome() async -> Outcome {
        await withCheckedContinuation { waiter in
            self.change { $0.waiter = waiter }
        }
    }

    private func end(_ state: inout State) {
        guard let process = state.process, let ending = state.ending, !self.kill(process) else { return }
        state.isOutOfReach = true
        state.outcome = .failure(ending.error(.unknown, "; it could not be killed"))
    }

    private func change(_ body: (inout State) -> Void) {
        let (waiter, outcome) = self.state.withLockedValue { state in
            body(&state)
            guard state.outcome != nil else {
                return (nil as CheckedContinuation<Outcome, Never>?, state.outcome)
            }
            defer { state.waiter = nil }
            return (state.waiter, state.outcome)
        }
        if let outcome { waiter?.resume(returning: outcome) }
    }
}
#endif
