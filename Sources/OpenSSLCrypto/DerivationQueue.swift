internal import Dispatch
internal import NIOConcurrencyHelpers

/// Threads for computations that take long: never an event loop or a thread of Swift's own pool, and never
/// more than a few at a time.
final class DerivationQueue: Sendable {
    private struct Job: Sendable {
        let wait: SingleWait<Secret>
        let work: @Sendable () throws -> Secret
    }

    private struct State {
        var running = 0
        var waiting: [Job] = []
    }

    /// The one queue of the process.
    static let shared = DerivationQueue(width: 2)

    private let state = NIOLockedValueBox(State())
    private let threads = DispatchQueue(label: "async-smtp.derivation", attributes: .concurrent)
    private let width: Int

    /// Makes a queue that runs at most `width` computations at a time.
    init(width: Int) {
        self.width = width
    }

    /// Carries out `work`, first come, first served.
    ///
    /// - Throws: What `work` throws; `CancellationError` as soon as the task is cancelled, even if the
    ///   computation goes on to its end. One that has not begun is left out.
    func run(_ work: @escaping @Sendable () throws -> Secret) async throws -> Secret {
        try Task.checkCancellation()
        let job = Job(wait: SingleWait(), work: work)
        let mayStart = self.state.withLockedValue { state in
            guard state.running < self.width else {
                state.waiting.removeAll { $0.wait.isOver }
                state.waiting.append(job)
                return false
            }
            state.running += 1
            return true
        }
        if mayStart { self.start(job) }
        return try await job.wait.value()
    }

    private func start(_ job: Job) {
        self.threads.async {
            var next: Job? = job
            while let job = next {
                if !job.wait.isOver { job.wait.end(Result { try job.work() }) }
                next = self.state.withLockedValue { state in
                    guard !state.waiting.isEmpty else {
                        state.running -= 1
                        return nil
                    }
                    return state.waiting.removeFirst()
                }
            }
        }
    }
}
