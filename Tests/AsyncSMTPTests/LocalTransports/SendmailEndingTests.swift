import Foundation
import Testing

@testable import AsyncSMTP

@Suite("Transports: how sendmail ends", .timeLimit(.minutes(20)))
struct SendmailEndingTests {
    private static func error(of script: String, octets: Int = 10, recipients: Int = 1) async throws
        -> SMTPError
    {
        try await TestDirectory.with { directory in
            let program = try RecordingProgram(in: directory, script)
            let line = String(repeating: "x", count: 62) + "\r\n"
            let text = "S: x\r\n\r\n" + String(repeating: line, count: octets / 64)
            let addresses = (0..<recipients).map { "b\($0)@x.example" }
            let message = RawMessage(.text(text), envelope: try Envelope(from: "", to: addresses))
            return try #require(
                await #expect(throws: SMTPError.self) { try await program.transport().send(message) }
            )
        }
    }

    @Test(
        "exit statuses of sysexits.h, before and after the whole message was written",
        arguments: [
            (64, 1, SMTPError.Code.invalidArgument, Acceptance.notAccepted, Acceptance.notAccepted),
            (65, 2, .dataRefused, .refusedPermanently, .refusedPermanently),
            (66, 1, .transportFailed, .notAccepted, .unknown),
            (67, 1, .recipientsRefused, .refusedPermanently, .refusedPermanently),
            (67, 2, .recipientsRefused, .refusedPermanently, .unknown),
            (68, 1, .recipientsRefused, .refusedPermanently, .refusedPermanently),
            (68, 2, .recipientsRefused, .refusedPermanently, .unknown),
            (69, 1, .transportFailed, .notAccepted, .unknown),
            (69, 2, .transportFailed, .notAccepted, .unknown),
            (70, 1, .transportFailed, .notAccepted, .unknown),
            (71, 1, .transportFailed, .notAccepted, .unknown),
            (72, 1, .transportFailed, .notAccepted, .unknown),
            (73, 1, .transportFailed, .notAccepted, .unknown),
            (74, 2, .transportFailed, .notAccepted, .unknown),
            (75, 1, .transportFailed, .refusedTemporarily, .refusedTemporarily),
            (75, 2, .transportFailed, .refusedTemporarily, .refusedTemporarily),
            (76, 1, .transportFailed, .notAccepted, .unknown),
            (77, 1, .transportFailed, .refusedPermanently, .refusedPermanently),
            (77, 2, .transportFailed, .refusedPermanently, .unknown),
            (78, 1, .invalidArgument, .notAccepted, .notAccepted),
        ]
    )
    func status(
        code: Int,
        recipients: Int,
        expected: SMTPError.Code,
        early: Acceptance,
        late: Acceptance
    ) async throws {
        let error = try await Self.error(of: "cat > /dev/null; exit \(code)", recipients: recipients)
        #expect(error.code == expected)
        #expect(error.acceptance == late)
        #expect(error.message.contains("\(code) (EX_"))
        let script = "exec 0<&-; exit \(code)"
        let other = try await Self.error(of: script, octets: 4_000_000, recipients: recipients)
        #expect(other.code == expected)
        #expect(other.acceptance == early)
    }

    @Test("a wrong call and a wrong configuration are not tried again", arguments: [64, 78])
    func misuse(code: Int) async throws {
        #expect(try await Self.error(of: "cat > /dev/null; exit \(code)").retryAdvice == .doNotRetry)
    }

    @Test("every status of sysexits.h has a meaning, and no other")
    func table() {
        let known = (Int32(0)...255).filter {
            SendmailExit(code: $0, isComplete: true, recipientCount: 1) != nil
        }
        #expect(known == Array(64...78))
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
