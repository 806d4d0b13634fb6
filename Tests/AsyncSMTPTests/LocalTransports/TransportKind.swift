import AsyncSMTP
import Foundation
import SMTPTestServer
import Testing

/// Every transport there is.
enum TransportKind: String, CaseIterable, Sendable, CustomTestStringConvertible {
    case smtp, file, maildir, sendmail, memory

    var testDescription: String { self.rawValue }

    /// Those that stay on this machine.
    static let local: [TransportKind] = [.file, .maildir, .sendmail, .memory]

    /// Runs `body` with a transport and a way to see what it has, with CRLF line ends.
    func with(
        defaults: MessageDefaults = MessageDefaults(),
        _ body: (_ mail: any MailTransport, _ contents: () throws -> [[UInt8]]) async throws -> Void
    ) async throws {
        try await TestDirectory.with { directory in
            switch self {
            case .smtp:
                try await SMTPTestServer.withServer { server in
                    let target = try SMTPServer(host: server.host, port: server.port, tls: .plaintext)
                    var configuration = SMTPConfiguration()
                    configuration.messageDefaults = defaults
                    try await SMTPClient.withClient(target, configuration: configuration) { client in
                        try await body(client) { server.messages.map(\.content) }
                    }
                }
            case .file:
                let mail = FileTransport(
                    directory: directory.appending(path: "out").path(),
                    defaults: defaults
                )
                try await body(mail) {
                    try Self.files(in: directory.appending(path: "out"), suffix: ".eml")
                }
            case .maildir:
                let mail = MaildirTransport(
                    directory: directory.appending(path: "box").path(),
                    defaults: defaults
                )
                try await body(mail) {
                    try Self.files(in: directory.appending(path: "box/new"), suffix: "").map {
                        Self.withCRLF($0.drop { $0 != 0x0A }.dropFirst())
                    }
                }
            case .sendmail:
                let program = try RecordingProgram(in: directory)
                try await body(program.transport(defaults: defaults)) {
                    program.isDone ? [Self.withCRLF(try program.input()[...])] : []
                }
            case .memory:
                let mail = MemoryTransport(defaults: defaults)
                try await body(mail) { mail.messages.map(\.octets) }
            }
        }
    }

    private static func files(in directory: URL, suffix: String) throws -> [[UInt8]] {
        guard FileManager.default.fileExists(atPath: directory.path()) else { return [] }
        return try FileManager.default.contentsOfDirectory(atPath: directory.path()).sorted()
            .filter { $0.hasSuffix(suffix) }
            .map { Array(try Data(contentsOf: directory.appending(path: $0))) }
    }

    private static func withCRLF(_ octets: ArraySlice<UInt8>) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(octets.count + octets.count / 20)
        var rest = octets
        while let index = rest.firstIndex(of: 0x0A) {
            result += rest[..<index]
            result += [0x0D, 0x0A]
            rest = rest[(index + 1)...]
        }
        return result + rest
    }
}
