import AsyncSMTP
import Foundation
import Testing

/// A sink that runs as a process.
struct RunningSink: Sendable {
    static let message = "Subject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=\r\nMessage-ID: <1@x.example>\r\n\r\nhi\r\n"

    let tool: RunningTool
    /// What its first line says.
    let url: String

    /// Starts a sink on a port that the system picks, unless the arguments say where; returns when it listens.
    @concurrent
    static func start(_ arguments: [String] = [], environment: [String: String] = [:]) async throws
        -> RunningSink
    {
        let picksPort = !arguments.contains { $0 == "--port" || $0 == "--unix-socket" }
        let tool = try RunningTool(
            ["sink"] + (picksPort ? ["--port", "0"] : []) + arguments,
            environment: environment
        )
        tool.write([])
        await tool.waitForOutput { $0.contains("\n") }
        let first = try #require(tool.output.split(separator: "\n").first, "\(tool.errors)")
        if arguments.contains("--json") {
            let start = try #require(
                try JSONSerialization.jsonObject(with: Data(first.utf8)) as? [String: Any]
            )
            return RunningSink(tool: tool, url: try #require(start["listening"] as? String, "\(first)"))
        }
        try #require(first.hasPrefix("Listening at "))
        return RunningSink(tool: tool, url: String(first.dropFirst("Listening at ".count)))
    }

    /// The server, for the library: without the user.
    var server: SMTPServer {
        get throws {
            let parts = self.url.split(separator: "://", maxSplits: 1)
            let place = parts[1].split(separator: "@").last ?? ""
            return try SMTPServer(url: "\(parts[0])://\(place)")
        }
    }

    /// Its TCP port.
    var port: Int {
        get throws { try #require(self.url.firstMatch(of: #/:([0-9]+)(\?|$)/#).flatMap { Int($0.1) }) }
    }

    /// Sends a message to it.
    @discardableResult
    func deliver(
        _ text: String = Self.message,
        to recipients: [String] = ["b@y.example"],
        _ configuration: SMTPConfiguration = SMTPConfiguration()
    ) async throws -> SendReceipt {
        let envelope = try Envelope(from: "a@x.example", to: recipients)
        return try await SMTPClient.send(
            RawMessage(.text(text), envelope: envelope),
            through: self.server,
            configuration: configuration
        )
    }

    /// Ends it by a signal; its output is all that is left of it.
    func stop(_ signal: Int32 = SIGTERM) async throws -> Tool.Run {
        self.tool.signal(signal)
        return try await self.tool.wait()
    }
}

extension Tool.Run {
    /// Each line of the output behind the first as a JSON object.
    func messages() throws -> [[String: Any]] {
        try self.output.split(separator: "\n").dropFirst().map { line in
            try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
        }
    }
}
