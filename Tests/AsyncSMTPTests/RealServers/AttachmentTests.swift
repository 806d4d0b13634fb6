import AsyncSMTP
import Foundation
import Testing

@Suite("Real servers: a 25 MiB attachment", .realServers, .serialized, .timeLimit(.minutes(20)))
struct RealServerAttachmentTests {
    @Test("R5321-4.5.2-1 from a file, by DATA", arguments: RealServer.allCases)
    func file(server: RealServer) async throws {
        try await self.sendFile(lineEnd: "\r\n", to: server, SendOptions())
    }

    @Test("R3030-1 from a file, by BDAT")
    func fileByChunks() async throws {
        var options = SendOptions()
        options.usesChunking = true
        try await self.sendFile(lineEnd: "\r\n", to: .dovecot, options)
    }

    @Test("S-B2.1 from a file with lines that end in LF")
    func fileOfUnixLines() async throws {
        try await self.sendFile(lineEnd: "\n", to: .aiosmtpd, SendOptions())
    }

    @Test(
        "R5321-4.5.2-1 from a stream of pieces that end anywhere",
        arguments: [
            RealServer.smtpSink, .aiosmtpdLMTP, .dovecotSocket,
        ]
    )
    func stream(server: RealServer) async throws {
        let message = RealMessage()
        let content = Attachment.message(lineEnd: "\r\n")
        let receipt = try await SMTPClient.send(
            RawMessage(
                .stream(ContentPieces(content, length: 50_021), length: UInt64(content.count)),
                envelope: message.envelope()
            ),
            through: server.endpoint(),
            configuration: .forRealServers()
        )
        #expect(receipt.octets == UInt64(content.count))
        // What can only be read once may turn out to have 8-bit octets.
        try server.expectStored(message, wire: content, dump: Attachment.dump, isEightBit: true)
    }

    private func sendFile(lineEnd: String, to server: RealServer, _ options: SendOptions) async throws {
        let message = RealMessage()
        let file = URL.temporaryDirectory.appending(path: "async-smtp-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: file) }
        try Attachment.message(lineEnd: lineEnd).write(to: file)
        let wire = Attachment.message(lineEnd: "\r\n")
        try await SMTPSession.withSession(to: server.endpoint(), configuration: .forRealServers()) {
            session in
            let receipt = try await session.send(
                .file(file.path()),
                envelope: message.envelope(),
                options: options
            )
            #expect(receipt.octets == UInt64(wire.count))
            #expect(try await session.noop().code == .ok)
        }
        try server.expectStored(message, wire: wire, dump: Attachment.dump)
    }

    private enum Attachment {
        /// 25 MiB in which no two lines of base64 are alike.
        private static let octets: Data = {
            var generator = SystemRandomNumberGenerator()
            let noise = Data((0..<(64 * 1024)).map { _ in UInt8.random(in: 0...255, using: &generator) })
            var result = Data(capacity: 25 << 20)
            for block in 0..<(25 << 4) {
                result += [UInt8(block & 0xFF), UInt8(block >> 8)]
                result += noise.dropFirst(2)
            }
            return result
        }()

        /// What smtp-sink makes of it: no CR, and one more LF.
        static let dump = Self.message(lineEnd: "\n") + Data("\n".utf8)

        static func message(lineEnd: String) -> Data {
            let header = [
                "Subject: 25 MiB", "Content-Type: application/octet-stream",
                "Content-Transfer-Encoding: base64", "", "",
            ]
            var message = Data(header.joined(separator: lineEnd).utf8)
            let options: Data.Base64EncodingOptions =
                lineEnd == "\n"
                ? [.lineLength76Characters, .endLineWithLineFeed]
                : [.lineLength76Characters, .endLineWithCarriageReturn, .endLineWithLineFeed]
            message += Self.octets.base64EncodedData(options: options)
            message += Data(lineEnd.utf8)
            return message
        }
    }
}
