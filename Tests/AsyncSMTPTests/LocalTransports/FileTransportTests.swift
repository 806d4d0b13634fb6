import AsyncSMTP
import Foundation
import Testing

@Suite("Transports: files", .timeLimit(.minutes(20)))
struct FileTransportTests {
    /// The keys of the record, as `Docs/Transports.md` has them.
    private struct Record: Decodable {
        struct Addressee: Decodable {
            let address: String
            let parameters: [String]
        }

        let sender: String
        let parameters: [String]
        let recipients: [Addressee]
        let messageID: String?
        let octets: UInt64
        let time: Date
    }

    private static func names(in directory: URL) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: directory.path()).sorted()
    }

    private static func record(beside location: String) throws -> Record {
        let decoder = JSONDecoder()
        decoder.dateDecodingStrategy = .iso8601
        let url = URL(filePath: location).deletingPathExtension().appendingPathExtension("json")
        return try decoder.decode(Record.self, from: Data(contentsOf: url))
    }

    @Test("a message and its envelope, for the owner alone")
    func pair() async throws {
        try await TestDirectory.with { parent in
            let directory = parent.appending(path: "a/b")
            var envelope = try Envelope(
                from: "a@x.example",
                to: ["b@x.example", "Postmaster", "b@X.example"]
            )
            envelope.parameters.returnContent = .prefer(.headers)
            envelope.parameters.custom = [CustomParameter(try ESMTPParameter("X-TAG", value: "7"))]
            envelope.recipients[0].parameters.notify = .require(.never)
            let start = Date(timeIntervalSince1970: Date().timeIntervalSince1970.rounded(.down))
            let receipt = try await FileTransport(directory: directory.path()).send(
                RawMessage(.text("Message-ID: <1@x.example>\r\n\r\n"), envelope: envelope)
            )
            let location = try #require(receipt.location)
            #expect(location.hasSuffix(".eml"))
            let record = try Self.record(beside: location)
            #expect(record.sender == "a@x.example")
            #expect(record.recipients.map(\.address) == ["b@x.example", "Postmaster"])
            #expect(
                record.recipients.map(\.parameters) == [["NOTIFY=NEVER", "ORCPT=rfc822;b@x.example"], []]
            )
            #expect(record.parameters == ["SIZE=29", "RET=HDRS", "X-TAG=7"])
            #expect(record.messageID == "1@x.example")
            #expect(record.octets == 29)
            #expect(record.time >= start)
            #expect(try Self.names(in: directory).count == 2)
            for name in try Self.names(in: directory) {
                let attributes = try FileManager.default.attributesOfItem(
                    atPath: directory.appending(path: name).path()
                )
                #expect(attributes[.posixPermissions] as? Int == 0o600)
            }
            let attributes = try FileManager.default.attributesOfItem(atPath: directory.path())
            #expect(attributes[.posixPermissions] as? Int == 0o700)
        }
    }

    @Test("the null path and a message without Message-ID")
    func bare() async throws {
        try await TestDirectory.with { directory in
            let receipt = try await FileTransport(directory: directory.path()).send(
                RawMessage(.text("S: x\r\n\r\n"), envelope: Envelope(from: "", to: ["b@x.example"]))
            )
            let record = try Self.record(beside: try #require(receipt.location))
            #expect(record.sender == "")
            #expect(record.messageID == nil)
            #expect(record.parameters == ["SIZE=8"])
        }
    }

    @Test(
        "S-A6 S-G1 no address and no Message-ID becomes part of a path",
        arguments: ["../../x", "/etc/x", "..", "a/b", "-oQ/tmp", "x.eml", "%2e%2e%2f"]
    )
    func hostileNames(text: String) async throws {
        try await TestDirectory.with { parent in
            let directory = parent.appending(path: "out")
            let address = try EmailAddress(localPart: text, domain: MailDomain("x.example"))
            let envelope = Envelope(sender: .mailbox(address), recipients: [Recipient(address)])
            let content = "Message-ID: <\(text)@\(text)>\r\nSubject: \(text)\r\n\r\n"
            let message = RawMessage(.text(content), envelope: envelope)
            let file = try await FileTransport(directory: directory.path()).send(message)
            let mail = try await MaildirTransport(directory: directory.path()).send(message)
            for location in [file.location, mail.location] {
                let name = URL(filePath: try #require(location)).lastPathComponent
                #expect(!name.contains(text) || text == "..")
                #expect(name.first?.isNumber == true)
            }
            #expect(try Self.names(in: parent) == ["out"])
            #expect(try Self.names(in: directory).count == 5)
        }
    }

    @Test("200 messages at a time have 200 names, which sort by time")
    func manyAtATime() async throws {
        try await TestDirectory.with { directory in
            let mail = FileTransport(directory: directory.path())
            let locations = try await withThrowingTaskGroup(of: String?.self) { group in
                for number in 0..<200 {
                    group.addTask {
                        let envelope = try Envelope(from: "", to: ["b@x.example"])
                        return try await mail.send(
                            RawMessage(.text("N: \(number)\r\n\r\n"), envelope: envelope)
                        ).location
                    }
                }
                return try await group.reduce(into: [String?]()) { $0.append($1) }
            }
            let texts = try locations.map { try String(contentsOfFile: try #require($0), encoding: .utf8) }
            #expect(Set(texts) == Set((0..<200).map { "N: \($0)\r\n\r\n" }))
            #expect(try Self.names(in: directory).count == 400)
            let envelope = try Envelope(from: "", to: ["b@x.example"])
            let last = try await mail.send(RawMessage(.text("N: last\r\n\r\n"), envelope: envelope)).location
            #expect(try #require(last) > (try #require(locations.compactMap { $0 }.max())))
        }
    }

    @Test(
        "a file system that refuses is a typed error",
        arguments: ["file", "file/below", "/proc/none/such", "dead"]
    )
    func refusal(path: String) async throws {
        try await TestDirectory.with { parent in
            try Data().write(to: parent.appending(path: "file"))
            try FileManager.default.createSymbolicLink(
                at: parent.appending(path: "dead"),
                withDestinationURL: URL(filePath: "/proc/none")
            )
            let directory = path.hasPrefix("/") ? path : parent.appending(path: path).path()
            for mail in [
                FileTransport(directory: directory) as any MailTransport,
                MaildirTransport(directory: directory),
            ] {
                let error = try #require(
                    await #expect(throws: SMTPError.self) { try await mail.send(Sample.message) }
                )
                #expect(error.code == .transportFailed)
                #expect(error.acceptance == .notAccepted)
                #expect(error.retryAdvice == .retryLater)
                #expect(error.underlying != nil)
            }
            #expect(try Self.names(in: parent) == ["dead", "file"])
        }
    }
}
