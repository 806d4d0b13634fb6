import Foundation
import SMTPTestServer
import Testing

@Suite("smtp send: memory", .timeLimit(.minutes(5)))
struct SendMemoryTests {
    private static let length = 32 * 1024 * 1024
    private static let envelope: [String] = ["--from", "x@example.org", "--to", "y@example.net"]
    /// Ways a large message comes in: from a pipe while it is sent, from a pipe by a temporary file, from a file, and
    /// as an attachment.
    static let ways: [[String]] = [
        ["--eml", "-"] + envelope, ["--eml", "-"], ["--eml", "FILE"], ["--eml", "FILE", "--chunking"],
        Sending.letter + ["--attach", "FILE"], ["--eml", "FILE", "--dry-run"],
    ]

    @Test(
        "32 MiB take no more memory than a small message and a few buffers",
        arguments: ways
    )
    func constant(arguments: [String]) async throws {
        let configuration = SMTPTestServer.Configuration(
            maximumMessageSize: 2 * Self.length,
            storesContent: false
        )
        try await Sending.withDirectory { directory in
            let path = directory.appending(path: "large.eml").path()
            if arguments.contains("FILE") {
                var octets = Array("From: ann@example.org\r\nTo: bob@example.net\r\n\r\n".utf8)
                octets.reserveCapacity(Self.length + 100)
                let line = [UInt8](repeating: UInt8(ascii: "y"), count: 76) + [0x0D, 0x0A]
                while octets.count < Self.length { octets += line }
                try Data(octets).write(to: URL(filePath: path))
            }
            try await SMTPTestServer.withServer(configuration) { server in
                let place = ["--server", "smtp://\(server.host):\(server.port)?tls=none"]
                let small = try await MeasuredTool.run(
                    ["send"] + place + ["--eml", "-"] + Self.envelope,
                    bodyLength: 1_000
                )
                let options = arguments.map { $0 == "FILE" ? path : $0 }
                let large = try await MeasuredTool.run(
                    ["send"] + place + options,
                    bodyLength: arguments.contains("-") ? Self.length : 0
                )
                #expect(small.status == 0, "\(small.errors)")
                #expect(large.status == 0, "\(large.errors.prefix(300))")
                if !arguments.contains("--dry-run") {
                    #expect(try #require(server.messages.last).contentLength > Self.length)
                }
                #expect(large.peak - small.peak < 20 * 1024, "\(small.peak) KiB, \(large.peak) KiB")
            }
        }
    }
}
