internal import AsyncSMTP

/// What became of the messages of a bench.
struct BenchTally {
    /// A kind of failure.
    struct Failure {
        var count = 0
        let status: ExitStatus
    }

    /// Messages that every recipient was accepted of.
    private(set) var accepted = 0
    /// Messages that nobody, or not everybody, was accepted of.
    private(set) var failed = 0
    /// Messages that may have been accepted.
    private(set) var unknown = 0
    /// Octets of messages that somebody was accepted of.
    private(set) var octets: UInt64 = 0
    /// How many failed, by kind: there are no more kinds than codes of errors and of replies.
    private(set) var failures: [String: Failure] = [:]
    /// How long accepted messages took.
    private(set) var latencies = LatencyHistogram()
    /// How long all took.
    private(set) var time = Duration.zero
    private let begun = ContinuousClock.now

    /// Messages with an outcome.
    var messages: Int { self.accepted + self.failed + self.unknown }

    /// Time since the beginning.
    var elapsed: Duration { ContinuousClock.now - self.begun }

    /// Adds an outcome.
    mutating func add(_ result: Result<SendReceipt, SMTPError>, latency: Duration) {
        self.time = self.elapsed
        switch result {
        case .success(let receipt):
            self.octets += receipt.octets
            if receipt.refused.isEmpty {
                self.accepted += 1
                self.latencies.add(latency)
            } else {
                let code = receipt.refused.compactMap { $0.reply?.code }.first
                self.fail("someRecipientsRefused", code, .someRefused)
            }
        case .failure(let error):
            self.fail(
                "\(error.code)",
                error.reply?.code ?? error.recipients.compactMap { $0.reply?.code }.first,
                ExitStatus(error),
                isUnknown: error.acceptance == .unknown
            )
        }
    }

    private mutating func fail(
        _ kind: String,
        _ code: ReplyCode?,
        _ status: ExitStatus,
        isUnknown: Bool = false
    ) {
        if isUnknown { self.unknown += 1 } else { self.failed += 1 }
        let name = code.map { "\(kind) \($0)" } ?? kind
        self.failures[name, default: Failure(status: status)].count += 1
    }

    /// What the process ends with after a bench of so many messages.
    func status(of messages: Int) -> ExitStatus {
        guard self.accepted < messages else { return .success }
        guard self.accepted == 0 else { return .someRefused }
        // By name where two are as frequent, so that the same outcome has the same status.
        let commonest = self.failures.max { ($0.value.count, $1.key) < ($1.value.count, $0.key) }
        return commonest?.value.status ?? .unavailable
    }
}
