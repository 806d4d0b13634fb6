import Foundation
import SMTPTestServer
import Testing

@testable import AsyncSMTP

@Suite("Transports: how sendmail is made to end", .timeLimit(.minutes(20)))
struct SendmailStoppingTests {
    private static let envelope = Envelope(sender: .null, recipients: [Recipient(.postmaster)])
    private static let large = "S: x\r\n\r\n" + String(repeating: "0123456789\r\n", count: 200_000)

    private static func fifo(_ name: String, in directory: URL) throws -> String {
        let path = directory.appending(path: name).path()
        try #require(unsafe mkfifo(path, 0o600) == 0)
        return path
    }

    /// Runs what blocks in a thread of its own, not one of the few that tasks share.
    private static func outside<Value: Sendable>(
        _ body: @escaping @Sendable () throws -> Value
    ) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            Thread.detachNewThread { continuation.resume(with: Result { try body() }) }
        }
    }

    @Test("cancelling kills a program that does not end, and what it started; what it had is unknown")
    func cancelled() async throws {
        try await TestDirectory.with { directory in
            let fifo = try Self.fifo("fifo", in: directory)
            // The one in the background holds the fifo open until it is killed too.
            let script = "cat > /dev/null; exec 3> \"$dir/fifo\"; echo read >&3; sleep 600 & wait"
            let program = try RecordingProgram(in: directory, script)
            let task = Task {
                _ = try await program.transport().send(
                    RawMessage(.text("S: x\r\n\r\n"), envelope: Self.envelope)
                )
            }
            async let reader = Self.outside {
                let handle = try FileHandle(forReadingFrom: URL(filePath: fifo))
                let first = try handle.read(upToCount: 5)
                task.cancel()
                // The end comes when nobody has it open any more.
                return (first, try handle.readToEnd())
            }
            let error = try #require(await Sample.error(of: task))
            #expect(error.code == .cancelled)
            #expect(error.acceptance == .unknown)
            let (first, rest) = try await reader
            #expect(first == Data("read\n".utf8))
            #expect(rest?.isEmpty ?? true)
        }
    }

    @Test("a program that runs too long is killed", arguments: [Duration.zero, .milliseconds(1)])
    func timeLimit(limit: Duration) async throws {
        try await TestDirectory.with { directory in
            // It never reads, and the message is larger than a pipe.
            let program = try RecordingProgram(in: directory, "sleep 600 & wait")
            let mail = program.transport(timeLimit: limit)
            let error = try #require(
                await #expect(throws: SMTPError.self) {
                    try await mail.send(RawMessage(.text(Self.large), envelope: Self.envelope))
                }
            )
            #expect(error.code == .timedOut)
            #expect(error.acceptance == .notAccepted)
            #expect(error.retryAdvice == .retryOnNewConnection)
            #expect(error.message.contains("\(limit)"))
        }
    }

    @Test("there is a time limit unless it is taken away; a program within it is not disturbed")
    func defaultTimeLimit() async throws {
        #expect(SendmailTransport().timeLimit == .seconds(300))
        try await TestDirectory.with { directory in
            let program = try RecordingProgram(in: directory)
            try await program.transport(timeLimit: nil).send(Sample.message)
            #expect(program.isDone)
        }
    }

    @Test("a program that cannot be killed gets the whole message, and nobody waits for it")
    func outOfReach() async throws {
        try await TestDirectory.with { directory in
            let (start, end) = (try Self.fifo("start", in: directory), try Self.fifo("end", in: directory))
            let script =
                "read line < \"$dir/start\"; cat > \"$dir/stdin\"; echo done > \"$dir/end\""
            let program = try RecordingProgram(in: directory, script)
            let delivery = try await LocalDelivery(
                RawMessage(.text(Self.large), envelope: Self.envelope),
                options: SendOptions(),
                defaults: MessageDefaults(),
                reach: .understands([])
            )
            let mail = program.transport()
            let run = SendmailRun(
                path: mail.path,
                arguments: mail.arguments,
                timeLimit: nil,
                supervision: SendmailSupervision { _ in false }
            )
            let task = Task { try await run.carry(delivery) }
            // Can be opened once the program is there.
            let handle = try await Self.outside {
                try FileHandle(forWritingTo: URL(filePath: start))
            }
            task.cancel()
            let error = try #require(await Sample.error(of: task))
            #expect(error.code == .cancelled)
            #expect(error.acceptance == .unknown)
            #expect(throws: (any Error).self) { try program.input() }
            try handle.write(contentsOf: Data("go\n".utf8))
            try handle.close()
            let word = try await Self.outside {
                try FileHandle(forReadingFrom: URL(filePath: end)).readToEnd()
            }
            #expect(word == Data("done\n".utf8))
            let expected = Self.large.replacing("\r\n", with: "\n")
            #expect(try program.input() == Array(expected.utf8))
        }
    }

    @Test(
        "a source that fails, or ends because its task was cancelled, starts no program",
        arguments: [false, true]
    )
    func notStarted(cancelling: Bool) async throws {
        try await TestDirectory.with { directory in
            let program = try RecordingProgram(in: directory)
            let reached = SMTPTestServer.Gate()
            let source = FailingSource(
                pieces: 3,
                end: cancelling ? .endsWhenCancelled(reached: reached) : .fails
            )
            let mail = program.transport()
            let task = Task { try await mail.send(RawMessage(.stream(source), envelope: Self.envelope)) }
            if cancelling {
                try await reached.wait()
                task.cancel()
            }
            let error = try #require(await Sample.error(of: task))
            #expect(error.code == (cancelling ? .cancelled : .contentSourceFailed))
            #expect(error.acceptance == .notAccepted)
            #expect(!program.wasStarted)
        }
    }
}
