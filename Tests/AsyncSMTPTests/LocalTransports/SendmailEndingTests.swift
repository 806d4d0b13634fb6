import Foundation
import Testing

@testable import AsyncSMTP

@Suite("Transports: how sendmail ends", .timeLimit(.minutes(20)))
struct SendmailEndingTests {
    private static let envelope = Envelope(sender: .null, recipients: [Recipient(.postmaster)])

    private static func error(of script: String, octets: Int = 10) async throws -> SMTPError {
        try await TestDirectory.with { directory in
            let program = try RecordingProgram(in: directory, script)
            let line = String(repeating: "x", count: 62) + "\r\n"
            let text = "S: x\r\n\r\n" + String(repeating: line, count: octets / 64)
            return try #require(
                await #expect(throws: SMTPError.self) {
                    try await program.transport().send(RawMessage(.text(text), envelope: Self.envelope))
                }
            )
        }
    }

    @Test(
        "exit statuses of sysexits.h",
        arguments: [
            (64, SMTPError.Code.transportFailed, Acceptance.notAccepted),
            (65, .dataRefused, .refusedPermanently),
            (67, .recipientsRefused, .refusedPermanently), (68, .recipientsRefused, .refusedPermanently),
            (69, .transportFailed, .refusedPermanently), (71, .transportFailed, .notAccepted),
            (75, .transportFailed, .refusedTemporarily), (77, .transportFailed, .refusedPermanently),
            (78, .transportFailed, .notAccepted),
        ]
    )
    func status(code: Int, expected: SMTPError.Code, acceptance: Acceptance) async throws {
        for script in ["cat > /dev/null; exit \(code)", "exit \(code)"] {
            let error = try await Self.error(of: script)
            #expect(error.code == expected)
            #expect(error.acceptance == acceptance)
            #expect(error.message.contains("\(code) (EX_"))
        }
    }

    @Test("every status of sysexits.h has a meaning, and no other")
    func table() {
        #expect((Int32(0)...255).filter { SendmailExit(code: $0) != nil } == Array(64...78))
    }

    @Test(
        "any other end leaves open what became of the whole message",
        arguments: ["exit 1", "exit 127", "kill -9 $$"]
    )
    func unknown(end: String) async throws {
        let error = try await Self.error(of: "cat > /dev/null; \(end)")
        #expect(error.code == .transportFailed)
        #expect(error.acceptance == .unknown)
        #expect(error.retryAdvice == .mayDuplicate)
    }

    @Test("before the whole message was written it is not accepted", arguments: ["exit 1", "kill -9 $$"])
    func early(end: String) async throws {
        let error = try await Self.error(of: "exec 0<&-; \(end)", octets: 4_000_000)
        #expect(error.code == .transportFailed)
        #expect(error.acceptance == .notAccepted)
    }

    @Test("success without reading it all is not believed")
    func successTooEarly() async throws {
        let error = try await Self.error(of: "exit 0", octets: 4_000_000)
        #expect(error.code == .transportFailed)
        #expect(error.acceptance == .unknown)
    }

    @Test("16 KiB of what the program says stand in the error; the rest is read and dropped")
    func diagnostics() async throws {
        let error = try await Self.error(
            of:
                "cat > /dev/null; printf 'no \\033 way' >&2; head -c 300000 /dev/zero | tr '\\0' y >&2; exit 75"
        )
        #expect(error.message.contains("no \\u{1B} way"))
        #expect(error.message.count { $0 == "y" } > 16_000)
        #expect(error.message.count { $0 == "y" } < 16 * 1024)
    }

    @Test("a program that talks before it reads does not block")
    func talkative() async throws {
        let script = "head -c 300000 /dev/zero | tr '\\0' y >&2; cat > /dev/null; exit 75"
        #expect(try await Self.error(of: script, octets: 1_000_000).acceptance == .refusedTemporarily)
    }

    @Test("cancelling kills a program that does not end, and what it started; what it had is unknown")
    func cancelled() async throws {
        try await TestDirectory.with { directory in
            let fifo = directory.appending(path: "fifo").path()
            #expect(unsafe mkfifo(fifo, 0o600) == 0)
            // The one in the background holds the fifo open until it is killed too.
            let script = "cat > /dev/null; exec 3> \"$dir/fifo\"; echo read >&3; sleep 600 & wait"
            let program = try RecordingProgram(in: directory, script)
            let task = Task {
                _ = try await program.transport().send(
                    RawMessage(.text("S: x\r\n\r\n"), envelope: Self.envelope)
                )
            }
            let reader = Task.detached {
                let handle = try FileHandle(forReadingFrom: URL(filePath: fifo))
                let first = try handle.read(upToCount: 5)
                task.cancel()
                // The end comes when nobody has it open any more.
                return (first, try handle.readToEnd())
            }
            let error = try #require(await Sample.error(of: task))
            #expect(error.code == .cancelled)
            #expect(error.acceptance == .unknown)
            let (first, rest) = try await reader.value
            #expect(first == Data("read\n".utf8))
            #expect(rest?.isEmpty ?? true)
        }
    }

    @Test("50 runs at a time")
    func manyAtATime() async throws {
        try await TestDirectory.with { directory in
            let program = try RecordingProgram(in: directory, "cat > \"$dir/$$\"")
            let mail = program.transport()
            try await withThrowingTaskGroup { group in
                for _ in 0..<50 { group.addTask { try await mail.send(Sample.message) } }
                try await group.waitForAll()
            }
            let names = try FileManager.default.contentsOfDirectory(atPath: directory.path())
            #expect(names.count { Int($0) != nil } == 50)
        }
    }
}
