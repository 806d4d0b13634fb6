import Foundation
import Testing

/// What Dovecot's submission service handed to smtp-sink.
enum SubmissionDump {
    /// Every copy of the message; lines that Dovecot and smtp-sink add are checked and removed.
    static func copies(of message: RealMessage) throws -> [StoredCopy] {
        let copies = try SinkDump.copies(
            of: message,
            in: RealServerVariable.value(of: "TEST_SMTP_SINK_DUMP_DIRECTORY"),
            port: RealServerVariable.value(of: "TEST_SMTP_SINK_PORT"),
            protocolName: "ESMTP",
            helloName: "dovecot.example"
        )
        return try copies.map { copy in
            var copy = copy
            copy.content = try Self.withoutReceived(copy.content, message)
            return copy
        }
    }

    /// Checks that the message went on exactly once, as the user, and with this content.
    static func expectStored(
        _ message: RealMessage,
        wire: Data,
        user: String,
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let copies = try Self.copies(of: message)
        try #require(copies.count == 1, sourceLocation: sourceLocation)
        #expect(copies[0].recipients == message.recipients, sourceLocation: sourceLocation)
        #expect(copies[0].mailParameters?.contains("AUTH=\(user)") == true, sourceLocation: sourceLocation)
        #expect(copies[0].content == SinkDump.content(of: wire), sourceLocation: sourceLocation)
    }

    private static func withoutReceived(_ content: Data, _ message: RealMessage) throws -> Data {
        var prefixes = [
            "Received: from client.example ([127.0.0.1])", "\tby dovecot.example with ESMTPSA", "\tid ",
            "\t(envelope-from <\(message.sender)>)",
        ]
        if let recipient = message.recipients.first, message.recipients.count == 1 {
            prefixes.append("\tfor <\(recipient)>; ")
        } else {
            prefixes[3] += "; "
        }
        var rest = content[...]
        for prefix in prefixes {
            let end = try #require(rest.firstIndex(of: UInt8(ascii: "\n")))
            let line = String(decoding: rest[..<end], as: UTF8.self)
            try #require(line.hasPrefix(prefix), "\(line)")
            rest = rest[rest.index(after: end)...]
        }
        return Data(rest)
    }
}
