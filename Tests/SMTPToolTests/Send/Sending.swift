import Foundation
import SMTPTestServer
import Testing

/// Runs of `smtp send` against a server of the test.
enum Sending {
    /// Options that make a complete message.
    static let letter = [
        "--from", "Ann <ann@example.org>", "--to", "bob@example.net", "--subject", "Hello", "--text",
        "Hello Bob",
    ]

    /// A message that is written already.
    static let eml = Array("From: ann@example.org\r\nTo: bob@example.net\r\nSubject: x\r\n\r\nHello\r\n".utf8)

    /// Starts a server, runs `smtp send` against it, and hands over what came of it.
    @discardableResult
    static func run<Result>(
        _ arguments: [String],
        to configuration: SMTPTestServer.Configuration = .init(),
        environment: [String: String] = [:],
        input: [UInt8] = [],
        _ check: (Tool.Run, SMTPTestServer) async throws -> Result
    ) async throws -> Result {
        try await SMTPTestServer.withServer(configuration) { server in
            let scheme = configuration.flavour == .lmtp ? "lmtp" : "smtp"
            let place = ["--server", "\(scheme)://\(server.host):\(server.port)?tls=none"]
            let run = try await Tool.run(["send"] + place + arguments, environment: environment, input: input)
            return try await check(run, server)
        }
    }

    /// Runs `smtp send` without a server.
    static func run(_ arguments: [String], input: [UInt8] = []) async throws -> Tool.Run {
        try await Tool.run(["send"] + arguments, input: input)
    }

    /// A directory of one test, removed at its end.
    static func withDirectory<Result>(_ body: (URL) async throws -> Result) async throws -> Result {
        let directory = URL.temporaryDirectory.appending(path: "smtp-tool-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: directory) }
        return try await body(directory)
    }

    /// Runs `body` with a file of these octets.
    static func withFile<Result>(
        _ octets: [UInt8],
        named name: String = "message.eml",
        _ body: (String) async throws -> Result
    ) async throws -> Result {
        try await Self.withDirectory { directory in
            let file = directory.appending(path: name)
            try Data(octets).write(to: file)
            return try await body(file.path())
        }
    }
}
