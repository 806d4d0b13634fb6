import AsyncSMTP
import Foundation
import NIOCore
import NIOPosix
import SMTPTestServer

/// Runs one scenario in a process of its own and prints by how many octets its peak memory rose above idle,
/// so that a test can judge it undisturbed by other tests.
@main
struct MemoryProbe {
    static func main() async throws {
        let arguments = CommandLine.arguments.dropFirst()
        switch arguments.first {
        case "file": try await self.sendFile(megabytes: Int(arguments.dropFirst().first ?? "") ?? 25)
        case "attachment": try await self.attachFile(megabytes: Int(arguments.dropFirst().first ?? "") ?? 64)
        case "flood": try await self.meetFlood(of: arguments.dropFirst().first ?? "2")
        default:
            print("usage: MemoryProbe file MEGABYTES | attachment MEGABYTES | flood TEXT")
            exit(64)
        }
    }

    /// Sends a file through a server that keeps only a checksum.
    private static func sendFile(megabytes: Int) async throws {
        let url = FileManager.default.temporaryDirectory.appending(path: "async-smtp-\(UUID()).eml")
        defer { try? FileManager.default.removeItem(at: url) }
        try self.writeMessage(megabytes: megabytes, to: url)
        try await SMTPTestServer.withServer(.init(storesContent: false)) { server in
            let endpoint = try SMTPServer(host: server.host, port: server.port, tls: .plaintext)
            let envelope = try Envelope(from: "a@example.org", to: ["b@example.org"])
            let small = RawMessage(.text("Subject: warm-up\r\n\r\nbody\r\n"), envelope: envelope)
            try await SMTPClient.send(small, through: endpoint)
            let idle = try ProcessMemory.resetPeak()
            let large = RawMessage(.file(url.path()), envelope: envelope)
            let receipt = try await SMTPClient.send(large, through: endpoint)
            let length = try await server.waitForMessages(2).last?.contentLength
            guard length == Int(receipt.octets) else { exit(1) }
            print(try ProcessMemory.peak() - idle)
        }
    }

    /// Sends a composed message with a file attached, signed by DKIM, through a server that keeps only a checksum.
    private static func attachFile(megabytes: Int) async throws {
        let url = FileManager.default.temporaryDirectory.appending(path: "async-smtp-\(UUID()).bin")
        defer { try? FileManager.default.removeItem(at: url) }
        try Data().write(to: url)
        // A file without blocks on disk reads as zeros.
        try FileHandle(forWritingTo: url).truncate(atOffset: UInt64(megabytes) * 1024 * 1024)
        var configuration = SMTPConfiguration()
        let key = try DKIMKey.generate(.ed25519SHA256)
        configuration.sending.dkim = [try DKIMSigner(domain: "example.org", selector: "s1", key: key)]
        try await SMTPTestServer.withServer(.init(maximumMessageSize: .max, storesContent: false)) { server in
            let endpoint = try SMTPServer(host: server.host, port: server.port, tls: .plaintext)
            let small = try Message(from: "a@example.org", to: "b@example.org", subject: "warm-up", text: "x")
            try await SMTPClient.send(small, through: endpoint, configuration: configuration)
            let idle = try ProcessMemory.resetPeak()
            let large = small.renewed().attaching(.attachment(file: url.path(percentEncoded: false)))
            let receipt = try await SMTPClient.send(large, through: endpoint, configuration: configuration)
            let length = try await server.waitForMessages(2).last?.contentLength
            guard length == Int(receipt.octets) else { exit(1) }
            print(try ProcessMemory.peak() - idle)
        }
    }

    /// Connects to a peer that sends a mebibyte of something that never is a reply.
    private static func meetFlood(of unit: String) async throws {
        let text = unit.replacing("\\r\\n", with: "\r\n")
        let block = ByteBuffer(string: String(repeating: text, count: 64 * 1024 / text.utf8.count))
        let listener = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(FloodHandler(block, times: 16))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        let endpoint = try SMTPServer(
            host: "127.0.0.1",
            port: listener.localAddress?.port ?? 0,
            tls: .plaintext
        )
        await self.expectRefusal(of: endpoint)
        let idle = try ProcessMemory.resetPeak()
        await self.expectRefusal(of: endpoint)
        print(try ProcessMemory.peak() - idle)
        try await listener.close()
    }

    private static func expectRefusal(of endpoint: SMTPServer) async {
        do throws(SMTPError) {
            await (try SMTPSession.connect(to: endpoint)).close()
            exit(1)
        } catch {
            guard error.code == .malformedReply else { exit(1) }
        }
    }

    private static func writeMessage(megabytes: Int, to url: URL) throws {
        let line = String(repeating: "x", count: 76) + "\r\n"
        let block = Data(String(repeating: line, count: 1024 * 1024 / line.utf8.count + 1).utf8)
        try Data("Subject: large\r\n\r\n".utf8).write(to: url)
        let file = try FileHandle(forWritingTo: url)
        try file.seekToEnd()
        for _ in 0..<megabytes { try file.write(contentsOf: block) }
        try file.close()
    }
}
