import AsyncSMTP
import Foundation
import Testing

/// Sender and recipients nobody else uses, so that what a server stored of one message can be found again.
struct RealMessage: Sendable {
    let sender: String
    let recipients: [String]

    /// - Parameter prefixes: Beginnings of the local parts of the recipients, in order.
    init(to prefixes: String...) {
        let id = UUID().uuidString.lowercased()
        self.sender = "sender-\(id)@client.example"
        self.recipients = (prefixes.isEmpty ? ["recipient"] : prefixes).map { "\($0).\(id)@server.example" }
    }

    func envelope() throws -> Envelope {
        try Envelope(from: self.sender, to: self.recipients)
    }
}

/// One copy of a message as a server stored it, what the server itself put into it removed.
struct StoredCopy: Sendable, Hashable {
    var recipients: [String]
    /// Parameters of MAIL in the order sent; nil where the server does not store them.
    var mailParameters: [String]?
    var content: Data
}

extension RealServer {
    /// Every copy of the message that the server has stored.
    func copies(of message: RealMessage) throws -> [StoredCopy] {
        switch self {
        case .smtpSink, .lmtpSink:
            let directory =
                self == .smtpSink ? "TEST_SMTP_SINK_DUMP_DIRECTORY" : "TEST_LMTP_SINK_DUMP_DIRECTORY"
            return try SinkDump.copies(
                of: message,
                in: RealServerVariable.value(of: directory),
                port: RealServerVariable.value(of: self.variable),
                protocolName: self == .smtpSink ? "ESMTP" : "LMTP"
            )
        case .aiosmtpd, .aiosmtpdLMTP:
            return try Self.copiesOfAiosmtpd(of: message, protocolName: self.flavour.rawValue.uppercased())
        case .dovecot, .dovecotSocket:
            return try Self.copiesOfDovecot(of: message)
        }
    }

    /// Checks that the message is stored, for all its recipients and exactly once.
    ///
    /// - Parameters:
    ///   - wire: The content as it must have been on the wire, dots not doubled.
    ///   - dump: What smtp-sink makes of it; nil finds that out, which takes long for long content.
    ///   - isEightBit: Whether the client had to declare 8BITMIME.
    func expectStored(
        _ message: RealMessage,
        wire: Data,
        dump: Data? = nil,
        isEightBit: Bool = false,
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let copies = try self.copies(of: message)
        let parameters =
            (self.offersSize ? ["SIZE=\(wire.count)"] : []) + (isEightBit ? ["BODY=8BITMIME"] : [])
        let expected =
            self.offersChunking
            ? message.recipients.map { StoredCopy(recipients: [$0], content: wire) }
            : [
                StoredCopy(
                    recipients: message.recipients,
                    mailParameters: parameters,
                    content: self.isSink ? dump ?? SinkDump.content(of: wire) : wire
                )
            ]
        try #require(copies.count == expected.count, sourceLocation: sourceLocation)
        for (copy, expected) in zip(copies, expected) {
            #expect(copy.recipients == expected.recipients, sourceLocation: sourceLocation)
            #expect(copy.mailParameters == expected.mailParameters, sourceLocation: sourceLocation)
            // Of content that differs, where it does says more than 25 MiB of octets.
            #expect(
                copy.content == expected.content,
                "\(Difference(copy.content, expected.content))",
                sourceLocation: sourceLocation
            )
        }
    }

    private struct AiosmtpdFacts: Decodable {
        let `protocol`: String
        let mail_from: String
        let mail_options: [String]
        let rcpt_tos: [String]
    }

    private static func facts(in file: URL) throws -> AiosmtpdFacts {
        try JSONDecoder().decode(AiosmtpdFacts.self, from: Data(contentsOf: file))
    }

    private static func copiesOfAiosmtpd(of message: RealMessage, protocolName: String) throws -> [StoredCopy]
    {
        let directory = URL(filePath: try RealServerVariable.value(of: "TEST_AIOSMTPD_DIRECTORY"))
        var copies: [StoredCopy] = []
        for name in try FileManager.default.contentsOfDirectory(atPath: directory.path())
        where name.hasSuffix(".json") && !name.hasPrefix(".") {
            let file = directory.appending(path: name)
            let sender = StoredSenders.sender(of: file) { try? Self.facts(in: $0).mail_from }
            guard sender == message.sender else { continue }
            let facts = try Self.facts(in: file)
            guard facts.protocol == protocolName else { continue }
            let content = file.deletingPathExtension().appendingPathExtension("eml")
            copies.append(
                StoredCopy(
                    recipients: facts.rcpt_tos,
                    mailParameters: facts.mail_options,
                    content: try Data(contentsOf: content)
                )
            )
        }
        return copies
    }

    /// In the order of the recipients: each has a directory of its own.
    private static func copiesOfDovecot(of message: RealMessage) throws -> [StoredCopy] {
        let root = URL(filePath: try RealServerVariable.value(of: "TEST_DOVECOT_MAIL_DIRECTORY"))
        var copies: [StoredCopy] = []
        for recipient in message.recipients {
            let directory = root.appending(path: recipient).appending(path: "new")
            let names = (try? FileManager.default.contentsOfDirectory(atPath: directory.path())) ?? []
            for name in names {
                let file = try Data(contentsOf: directory.appending(path: name))
                let returnPath = Data("Return-Path: <\(message.sender)>\r\n".utf8)
                try #require(file.starts(with: returnPath))
                let content = file.dropFirst(returnPath.count)
                copies.append(StoredCopy(recipients: [recipient], content: Data(content)))
            }
        }
        return copies
    }
}

/// Where two contents differ, in words.
struct Difference: CustomStringConvertible {
    let description: String

    init(_ stored: Data, _ expected: Data) {
        let position = zip(stored, expected).enumerated().first { $0.element.0 != $0.element.1 }?.offset
        let index = position ?? min(stored.count, expected.count)
        func excerpt(_ data: Data) -> String {
            String(decoding: data.dropFirst(max(0, index - 20)).prefix(60), as: UTF8.self).debugDescription
        }
        self.description =
            "stored \(stored.count) octets, expected \(expected.count); at \(index): "
            + "\(excerpt(stored)) instead of \(excerpt(expected))"
    }
}
