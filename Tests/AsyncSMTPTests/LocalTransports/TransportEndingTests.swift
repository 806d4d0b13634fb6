import AsyncSMTP
import Foundation
import SMTPTestServer
import Testing

@Suite("Transports: sources that fail and tasks that are cancelled", .timeLimit(.minutes(20)))
struct TransportEndingTests {
    private static let envelope = Envelope(sender: .null, recipients: [Recipient(.postmaster)])

    @Test("a source that fails leaves nothing behind", arguments: TransportKind.local)
    func failing(kind: TransportKind) async throws {
        try await kind.with { mail, contents in
            let source = FailingSource(pieces: 5, end: .fails)
            let error = try #require(
                await #expect(throws: SMTPError.self) {
                    try await mail.send(RawMessage(.stream(source), envelope: Self.envelope))
                }
            )
            #expect(error.code == .contentSourceFailed)
            #expect(error.underlying is FailingSource.Broken)
            #expect(error.acceptance == .notAccepted)
            #expect(try contents().isEmpty)
        }
    }

    @Test(
        "a task that is cancelled leaves nothing behind, whether its source throws or simply ends",
        arguments: TransportKind.local,
        [false, true]
    )
    func cancelled(kind: TransportKind, throwing: Bool) async throws {
        try await kind.with { mail, contents in
            let reached = SMTPTestServer.Gate()
            let end: FailingSource.End =
                throwing ? .throwsWhenCancelled(reached: reached) : .endsWhenCancelled(reached: reached)
            let source = FailingSource(pieces: 3, end: end)
            let task = Task { _ = try await mail.send(RawMessage(.stream(source), envelope: Self.envelope)) }
            try await reached.wait()
            task.cancel()
            let error = try #require(await Sample.error(of: task))
            #expect(error.code == .cancelled)
            #expect(error.acceptance == .notAccepted)
            #expect(try contents().isEmpty)
        }
    }

    @Test("a task that is cancelled before it begins stores nothing", arguments: TransportKind.local)
    func cancelledBefore(kind: TransportKind) async throws {
        try await kind.with { mail, contents in
            let gate = SMTPTestServer.Gate()
            let task = Task {
                // Ends by the cancellation.
                try? await gate.wait()
                _ = try await mail.send(Sample.message)
            }
            task.cancel()
            let error = await Sample.error(of: task)
            #expect(error?.code == .cancelled)
            let stored = try contents()
            #expect(stored.isEmpty)
        }
    }

    @Test("cancelled file transports leave no temporary file")
    func noTemporaryFile() async throws {
        try await TestDirectory.with { directory in
            for mail in [
                FileTransport(directory: directory.path()) as any MailTransport,
                MaildirTransport(directory: directory.path()),
            ] {
                let reached = SMTPTestServer.Gate()
                let source = FailingSource(pieces: 3, end: .throwsWhenCancelled(reached: reached))
                let task = Task {
                    _ = try await mail.send(RawMessage(.stream(source), envelope: Self.envelope))
                }
                try await reached.wait()
                task.cancel()
                _ = await task.result
            }
            let names = try FileManager.default.subpathsOfDirectory(atPath: directory.path())
            #expect(names.sorted() == ["cur", "new", "tmp"])
        }
    }
}
