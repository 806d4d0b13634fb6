import NIOConcurrencyHelpers
import NIOCore

@testable import AsyncSMTP

/// Time of retries that passes when somebody sleeps, at once.
final class ManualTime: Sendable {
    private struct State: Sendable {
        var now = NIODeadline.uptimeNanoseconds(1_000_000_000)
        var sleeps: [Duration] = []
    }

    private let state = NIOLockedValueBox(State())

    /// What was slept, in order.
    var sleeps: [Duration] { self.state.withLockedValue { $0.sleeps } }

    func advance(by duration: Duration) {
        self.state.withLockedValue { $0.now = $0.now + TimeAmount(clamping: duration) }
    }

    /// The time for a client.
    var time: RetryTime {
        RetryTime(
            now: { self.state.withLockedValue { $0.now } },
            sleep: { duration in
                try Task.checkCancellation()
                self.state.withLockedValue { $0.sleeps.append(duration) }
                self.advance(by: duration)
            }
        )
    }
}

extension Loopback {
    /// Runs a test with a client whose retries follow a time of their own, which is shut down afterwards.
    static func withClient(
        _ servers: [SMTPServer],
        order: ServerOrder = .ordered,
        time: ManualTime,
        pool: PoolConfiguration = PoolConfiguration(backOff: nil),
        configure: (inout SMTPConfiguration) -> Void = { _ in },
        _ body: (SMTPClient) async throws -> Void
    ) async throws {
        guard let first = servers.first else { return }
        let client = SMTPClient(
            first,
            fallingBackTo: Array(servers.dropFirst()),
            order: order,
            configuration: try Self.configuration(configure),
            pool: pool,
            time: time.time
        )
        do {
            try await body(client)
        } catch {
            await client.shutdown()
            throw error
        }
        await client.shutdown()
    }
}
