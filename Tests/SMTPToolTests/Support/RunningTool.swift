import Foundation
import Synchronization
import Testing

/// A run of the tool that goes on: its streams are read as they come.
final class RunningTool: Sendable {
    private struct State {
        var output: [UInt8] = []
        var errors: [UInt8] = []
        var openStreams = 2
        var status: Int32?
        var waiters: [CheckedContinuation<Void, Never>] = []
    }

    private let process = Mutex<Process>(Process())
    private let input = Pipe()
    private let state = Mutex(State())

    /// Starts the tool.
    init(_ arguments: [String], environment: [String: String] = [:]) throws {
        let (output, errors) = (Pipe(), Pipe())
        let tool = try Tool.url()
        self.read(output.fileHandleForReading) { $0.output += $1 }
        self.read(errors.fileHandleForReading) { $0.errors += $1 }
        let input = self.input
        try self.process.withLock { process in
            process.executableURL = tool
            process.arguments = arguments
            let inherited = ProcessInfo.processInfo.environment.filter { ["PATH", "HOME"].contains($0.key) }
            process.environment = inherited.merging(environment) { $1 }
            process.standardInput = input
            process.standardOutput = output
            process.standardError = errors
            process.terminationHandler = { [weak self] process in
                self?.change { $0.status = process.terminationStatus }
            }
            try process.run()
        }
    }

    /// Everything written to standard output so far.
    var output: String { String(decoding: self.state.withLock { $0.output }, as: UTF8.self) }

    /// Everything written to standard error so far.
    var errors: String { String(decoding: self.state.withLock { $0.errors }, as: UTF8.self) }

    /// Writes all of standard input and closes it.
    func write(_ octets: [UInt8]) {
        // A tool that needs no input may have ended before.
        try? self.input.fileHandleForWriting.write(contentsOf: Data(octets))
        try? self.input.fileHandleForWriting.close()
    }

    /// Sends a signal.
    func signal(_ number: Int32) { self.process.withLock { _ = kill($0.processIdentifier, number) } }

    /// Waits until `condition` holds for what was written to standard output, or the tool has ended.
    func waitForOutput(_ condition: (String) -> Bool) async {
        await self.wait { state in
            state.status != nil && state.openStreams == 0
                || condition(String(decoding: state.output, as: UTF8.self))
        }
    }

    /// Waits for the end.
    func wait() async throws -> Tool.Run {
        await self.wait { $0.status != nil && $0.openStreams == 0 }
        return try self.state.withLock { state in
            Tool.Run(
                status: try #require(state.status),
                output: String(decoding: state.output, as: UTF8.self),
                errors: String(decoding: state.errors, as: UTF8.self)
            )
        }
    }

    private func wait(until condition: (State) -> Bool) async {
        while !self.state.withLock({ condition($0) }) { await self.nextChange(unless: condition) }
    }

    private func nextChange(unless condition: (State) -> Bool) async {
        await withCheckedContinuation { (continuation: CheckedContinuation<Void, Never>) in
            let isOver = self.state.withLock { state in
                guard !condition(state) else { return true }
                state.waiters.append(continuation)
                return false
            }
            if isOver { continuation.resume() }
        }
    }

    private func change(_ body: (inout sending State) -> Void) {
        let waiters = self.state.withLock { state in
            body(&state)
            defer { state.waiters = [] }
            return state.waiters
        }
        for waiter in waiters { waiter.resume() }
    }

    /// Reads on a thread of its own: what is left over of a handler that dispatch calls may outlive its file, and take
    /// the events of another that got the same number.
    private func read(_ file: FileHandle, _ take: @escaping @Sendable (inout State, Data) -> Void) {
        Thread.detachNewThread { [self] in
            while true {
                let data = file.availableData
                guard !data.isEmpty else { break }
                self.change { take(&$0, data) }
            }
            self.change { $0.openStreams -= 1 }
        }
    }
}
