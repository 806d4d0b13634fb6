import AsyncSMTP
import Foundation
import Testing

@Suite("smtp sink: maildir", .timeLimit(.minutes(5)))
struct SinkMaildirTests {
    @Test("each message is a file, as it came", arguments: [true, false])
    func stored(isJSON: Bool) async throws {
        try await SinkDirectory.with { directory in
            let maildir = directory.appending(path: "deep/Mail").path()
            let sink = try await RunningSink.start(["--maildir", maildir] + (isJSON ? ["--json"] : []))
            // A maildir holds lines.
            let session = try await SMTPSession.connect(to: sink.server)
            _ = try await session.hello()
            let offersBinary = await session.offers(.binaryMIME)
            #expect(!offersBinary)
            await session.close()
            try await sink.deliver("Subject: s\r\n\r\n.dot\r\nFrom x\r\n", to: ["b@y.example"])
            try await sink.deliver()
            let run = try await sink.stop()
            let names = try FileManager.default.contentsOfDirectory(atPath: maildir + "/new").sorted()
            #expect(names.count == 2)
            let texts = try names.map { try String(contentsOfFile: "\(maildir)/new/\($0)", encoding: .utf8) }
            #expect(texts.contains("Return-Path: <a@x.example>\nSubject: s\n\n.dot\nFrom x\n"))
            for name in names { #expect(run.output.contains("\(maildir)/new/\(name)")) }
            guard isJSON else { return }
            let files = try run.messages().map { $0["file"] as? String }
            #expect(Set(files) == Set(names.map { "\(maildir)/new/\($0)" }))
        }
    }

    @Test("a maildir that cannot be made: 78")
    func unusable() async throws {
        try await SinkDirectory.with { directory in
            let file = directory.appending(path: "file")
            try Data().write(to: file)
            let run = try await Tool.run(["sink", "--port", "0", "--maildir", file.path()])
            #expect(run.status == 78)
            #expect(run.errors.contains("the maildir \(file.path()) cannot be made"))
        }
    }

    @Test("a message that cannot be stored is refused for now, and is nowhere")
    func notStored() async throws {
        try await SinkDirectory.with { directory in
            let maildir = directory.appending(path: "Mail")
            let sink = try await RunningSink.start(["--maildir", maildir.path()])
            try FileManager.default.removeItem(at: maildir.appending(path: "tmp"))
            try Data().write(to: maildir.appending(path: "tmp"))
            let error = await #expect(throws: SMTPError.self) { try await sink.deliver() }
            #expect(error?.reply?.code.value == 452)
            let run = try await sink.stop()
            #expect(run.status == 0)
            #expect(run.output.split(separator: "\n").count == 1)
            #expect(run.errors.contains("a message cannot be stored"))
            #expect(run.errors.hasSuffix("smtp: 0 messages, 0 octets, 1 sessions\n"))
        }
    }
}
