internal import NIOCore

/// The time that passes between attempts; a test makes its own.
struct RetryTime: Sendable {
    var now: @Sendable () -> NIODeadline = { .now() }
    var sleep: @Sendable (Duration) async throws -> Void = { try await Task.sleep(for: $0) }
}
