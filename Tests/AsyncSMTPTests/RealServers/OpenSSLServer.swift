import Foundation
import NIOOpenSSL
import OpenSSLCrypto
import Testing

/// `openssl s_server`, a TLS peer by another author's program; the test says what it says.
final class OpenSSLServer {
    struct Ended: Error, CustomStringConvertible {
        let description: String
    }

    /// Whether there is the command.
    static let exists: Bool = {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["openssl", "version"]
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        guard (try? process.run()) != nil else { return false }
        process.waitUntilExit()
        return process.terminationStatus == 0
    }()

    private(set) var port = 0
    /// All that it printed and the client sent.
    private(set) var output = ""
    /// What ``wait(for:)`` has not looked at yet.
    private var unread = ""
    private let chunks: AsyncStream<Data>
    private let input: FileHandle

    private init(chunks: AsyncStream<Data>, input: FileHandle) {
        self.chunks = chunks
        self.input = input
    }

    /// Runs `body` with a server that has the certificate, and ends it.
    static func with<Result>(
        _ arguments: [String],
        identity: IssuedCertificate,
        clientAuthority: CertificateAuthority? = nil,
        _ body: (OpenSSLServer) async throws -> Result
    ) async throws -> Result {
        try await TestDirectory.with { directory in
            func file(_ name: String, _ octets: [UInt8]) throws -> String {
                let file = directory.appending(path: name)
                try Data(octets).write(to: file)
                return file.path()
            }
            var arguments =
                ["openssl", "s_server", "-accept", "127.0.0.1:0"]
                + ["-cert", try file("server.pem", identity.chainPEM)]
                + ["-key", try file("server.key", identity.keyPEM.copy())] + arguments
            if let clientAuthority {
                arguments += ["-CAfile", try file("authority.pem", clientAuthority.own.chainPEM)]
                arguments += ["-Verify", "1", "-verify_return_error"]
            }
            return try await Self.run(arguments, body)
        }
    }

    private static func run<Result>(
        _ arguments: [String],
        _ body: (OpenSSLServer) async throws -> Result
    ) async throws -> Result {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = arguments
        let (input, output) = (Pipe(), Pipe())
        process.standardInput = input
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        let (chunks, continuation) = AsyncStream.makeStream(of: Data.self)
        output.fileHandleForReading.readabilityHandler = { handle in
            let chunk = handle.availableData
            guard chunk.isEmpty else {
                continuation.yield(chunk)
                return
            }
            handle.readabilityHandler = nil
            continuation.finish()
        }
        let (ends, ending) = AsyncStream.makeStream(of: Void.self)
        process.terminationHandler = { _ in ending.finish() }
        try process.run()
        // SIGTERM would not do: threads of a Swift program may block it, and a child inherits that.
        func stop() async {
            kill(process.processIdentifier, SIGKILL)
            for await _ in ends {}
        }
        let server = OpenSSLServer(chunks: chunks, input: input.fileHandleForWriting)
        do {
            _ = try await server.wait(for: "ACCEPT 127.0.0.1:")
            let port = try await server.wait(for: "\n")
            server.port = try #require(Int(port.dropLast()))
            let result = try await body(server)
            await stop()
            return result
        } catch {
            await stop()
            throw error
        }
    }

    /// Hands the text to the server: it sends it to the client, unless it is a command of its own.
    func write(_ text: String) throws {
        try self.input.write(contentsOf: Data(text.utf8))
    }

    /// Waits until the text was printed, or sent by the client.
    ///
    /// - Returns: What came up to and with it.
    @discardableResult
    func wait(for text: String) async throws -> String {
        while true {
            if let range = self.unread.range(of: text) {
                let result = String(self.unread[..<range.upperBound])
                self.unread = String(self.unread[range.upperBound...])
                return result
            }
            var chunks = self.chunks.makeAsyncIterator()
            guard let chunk = await chunks.next() else {
                throw Ended(description: "no \"\(text)\" in: \(self.output)")
            }
            self.output += String(decoding: chunk, as: UTF8.self)
            self.unread += String(decoding: chunk, as: UTF8.self)
        }
    }

    /// Waits for the handshake, and returns what s_server tells of it.
    func handshake() async throws -> String {
        let facts = try await self.wait(for: "Secure Renegotiation IS")
        return facts + (try await self.wait(for: "\n"))
    }

    /// Greets, and answers EHLO without an extension.
    func greet() async throws {
        try self.write("220 openssl.example\r\n")
        try await self.wait(for: "EHLO client.example\r\n")
        try self.write("250 openssl.example\r\n")
    }

    /// Waits for a command and answers it.
    func answer(_ command: String, with reply: String) async throws {
        try await self.wait(for: command)
        try self.write(reply)
    }
}
