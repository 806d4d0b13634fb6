import AsyncSMTP
import Foundation
import Testing

/// A message to mailboxes of Postfix, with addresses nobody else uses.
struct PostfixMessage: Sendable {
    struct TimedOut: Error, CustomStringConvertible {
        let description: String
    }

    /// One file, what Postfix put before the content taken apart.
    struct Copy: Sendable {
        let recipient: String
        /// The Received field that Postfix added, its lines.
        let received: [String]
        let content: Data
    }

    /// Longest wait for a delivery.
    private static let patience = Duration.seconds(60)

    let sender: String
    /// The recipients' mailboxes.
    let mailboxes: [String]
    let recipients: [String]

    /// - Parameter mailboxes: Numbers of the mailboxes, 0 to 99.
    init(to mailboxes: Int...) throws {
        let id = UUID().uuidString.lowercased()
        let domain = try RealServerVariable.value(of: "TEST_POSTFIX_DOMAIN")
        self.sender = "sender-\(id)@client.example"
        self.mailboxes = mailboxes.map { "mailbox-\($0 < 10 ? "0" : "")\($0)" }
        self.recipients = self.mailboxes.map { "\($0)+\(id)@\(domain)" }
    }

    func envelope(adding others: [String] = []) throws -> Envelope {
        try Envelope(from: self.sender, to: self.recipients + others)
    }

    func raw(_ content: Data) throws -> RawMessage {
        RawMessage(.bytes(content), envelope: try self.envelope())
    }

    /// What is stored of the message now, in the order of the recipients.
    func copies() throws -> [Copy] {
        let root = URL(filePath: try RealServerVariable.value(of: "TEST_POSTFIX_MAIL_DIRECTORY"))
        var copies: [Copy] = []
        for (mailbox, recipient) in zip(self.mailboxes, self.recipients) {
            let directory = root.appending(path: mailbox).appending(path: "new")
            // It is made at the first delivery.
            for name in (try? FileManager.default.contentsOfDirectory(atPath: directory.path())) ?? [] {
                let file = directory.appending(path: name)
                guard StoredSenders.sender(of: file, or: Self.sender) == self.sender else { continue }
                let copy = try Self.parse(Data(contentsOf: file))
                if copy.recipient == recipient { copies.append(copy) }
            }
        }
        return copies
    }

    /// What is stored of the messages once each is stored for all its recipients and Postfix has had every chance to
    /// deliver one twice: a message that is sent after them has arrived.
    static func copies(of messages: [PostfixMessage]) async throws -> [[Copy]] {
        try await Self.wait(for: messages)
        let last = try PostfixMessage(to: 99)
        var configuration = try SMTPConfiguration.forRealServers()
        configuration.sending.pipelining = .disabled
        try await SMTPClient.send(
            last.raw(Data("Subject: last\r\n\r\n".utf8)),
            through: RealTLSPort.postfix.with(.plaintext).endpoint(),
            configuration: configuration
        )
        try await Self.wait(for: [last])
        return try messages.map { try $0.copies() }
    }

    /// Looks again and again: delivery is Postfix's own affair, and it tells nobody.
    private static func wait(for messages: [PostfixMessage]) async throws {
        let clock = ContinuousClock()
        let deadline = clock.now.advanced(by: Self.patience)
        for message in messages {
            while try message.copies().count < message.recipients.count {
                guard clock.now < deadline else {
                    throw TimedOut(description: "Postfix did not deliver \(message) in \(Self.patience)")
                }
                await Task.yield()
            }
        }
    }

    private static func sender(of file: URL) -> String? {
        guard let handle = FileHandle(forReadingAtPath: file.path()) else { return nil }
        defer { try? handle.close() }
        guard let head = try? handle.read(upToCount: 512) else { return nil }
        let line = String(decoding: head.prefix { $0 != 0x0A }, as: UTF8.self)
        guard line.hasPrefix("Return-Path: <"), line.hasSuffix(">") else { return nil }
        return String(line.dropFirst("Return-Path: <".count).dropLast())
    }

    private static func parse(_ file: Data) throws -> Copy {
        var rest = file[...]
        func peek() -> String {
            String(decoding: rest.prefix { $0 != 0x0A }, as: UTF8.self)
        }
        func line(_ prefix: String) throws -> String {
            let line = peek()
            try #require(line.hasPrefix(prefix), "\(line)")
            rest = rest.dropFirst(line.utf8.count + 1)
            return String(line.dropFirst(prefix.count))
        }
        _ = try line("Return-Path: ")
        let recipient = try line("X-Original-To: ")
        #expect(try line("Delivered-To: ") == recipient)
        var received = [try line("Received: ")]
        while rest.first == UInt8(ascii: "\t") { received.append(try line("\t")) }
        return Copy(recipient: recipient, received: received, content: Data(rest))
    }
}
