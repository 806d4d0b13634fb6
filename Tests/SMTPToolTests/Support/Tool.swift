import Foundation
import SMTPTestServer
import Testing

/// The built tool, run as a process.
enum Tool {
    /// What a run left.
    struct Run: Sendable {
        let status: Int32
        let output: String
        let errors: String

        /// The output as one JSON object.
        func json(sourceLocation: SourceLocation = #_sourceLocation) throws -> [String: Any] {
            let value = try JSONSerialization.jsonObject(with: Data(self.output.utf8))
            return try #require(value as? [String: Any], sourceLocation: sourceLocation)
        }
    }

    /// The tool, which is built into the same directory as the tests.
    static func url() throws -> URL {
        var directory = URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent()
        while directory.path() != "/" {
            let candidate = directory.appending(path: "smtp")
            if FileManager.default.isExecutableFile(atPath: candidate.path()) { return candidate }
            directory.deleteLastPathComponent()
        }
        throw CocoaError(.fileNoSuchFile)
    }

    /// Runs the tool to its end.
    ///
    /// - Parameters:
    ///   - environment: Variables besides `PATH` and `HOME`; what the tests run with is not handed on.
    ///   - input: Standard input.
    @concurrent
    static func run(
        _ arguments: [String],
        environment: [String: String] = [:],
        input: [UInt8] = []
    ) async throws -> Run {
        let process = try RunningTool(arguments, environment: environment)
        process.write(input)
        return try await process.wait()
    }
}

extension SMTPTestServer {
    /// The URL of the server, in clear unless told otherwise.
    func url(_ scheme: String = "smtp", host: String = "127.0.0.1", user: String = "", tls: String? = "none")
        -> String
    {
        let query = tls.map { "?tls=\($0)" } ?? ""
        return "\(scheme)://\(user.isEmpty ? "" : user + "@")\(host):\(self.port)\(query)"
    }
}
