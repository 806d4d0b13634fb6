internal import ArgumentParser
internal import AsyncSMTP
internal import Foundation

/// Runs what a command does, within its time, and ends the process with the status that failures have.
enum CommandRun {
    /// Runs `body`; what it throws is said on standard error.
    ///
    /// - Parameter seconds: Time the whole command may take.
    /// - Throws: `ExitCode`, which ends the process.
    static func run(
        within seconds: Double?,
        _ body: @escaping @Sendable () async throws -> ExitStatus
    ) async throws {
        let status: ExitStatus
        do {
            status = try await Self.bounded(seconds, body)
        } catch let error as ToolError {
            Console.note(Console.coloured("smtp: ", .red) + error.description)
            status = error.status
        } catch let error as SMTPError {
            Console.note(Console.coloured("smtp: ", .red) + error.description)
            status = ExitStatus(error)
        } catch let error as ExitCode {
            throw error
        } catch {
            Console.note(Console.coloured("smtp: ", .red) + "\(error)")
            status = .badConfiguration
        }
        if status != .success { throw ExitCode(status.rawValue) }
    }

    /// Time for a command to end by itself once its time is over.
    private static let patience = Duration.seconds(2)

    /// Cancels `body` when the time is over: what is known about a message then is in the error it ends with.
    private static func bounded(
        _ seconds: Double?,
        _ body: @escaping @Sendable () async throws -> ExitStatus
    ) async throws -> ExitStatus {
        guard let seconds else { return try await body() }
        return try await withThrowingTaskGroup(of: ExitStatus?.self) { group in
            group.addTask { try await body() }
            group.addTask {
                try? await Task.sleep(for: .seconds(seconds))
                return nil
            }
            let first = try await group.next() ?? nil
            group.cancelAll()
            if let first { return first }
            Console.note("smtp: the time of \(seconds) s is over")
            // What waits for a file or for somebody to type does not hear of it.
            let impatience = Task.detached {
                try await Task.sleep(for: Self.patience)
                Signals.shared.end(.unavailable)
            }
            defer { impatience.cancel() }
            return try await group.next().flatMap(\.self) ?? .unavailable
        }
    }
}
