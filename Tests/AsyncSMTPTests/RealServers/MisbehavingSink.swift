import AsyncSMTP
import Foundation
import Testing

/// An smtp-sink that was told to do what servers do when they are broken, overloaded or in the way.
enum MisbehavingSink: String, Sendable, CustomTestStringConvertible {
    /// Greets with asterisks and does not know EHLO.
    case pix = "TEST_SMTP_SINK_PIX_PORT"
    /// Offers no extension.
    case bare = "TEST_SMTP_SINK_BARE_PORT"
    /// 500 5.3.0 to each RCPT.
    case recipientRefused = "TEST_SMTP_SINK_RECIPIENT_REFUSED_PORT"
    /// 450 4.3.0 after the content.
    case contentDeferred = "TEST_SMTP_SINK_CONTENT_DEFERRED_PORT"
    /// Closes after the content, without a reply.
    case replyLost = "TEST_SMTP_SINK_REPLY_LOST_PORT"
    /// 354, then 550 and close.
    case contentAborted = "TEST_SMTP_SINK_CONTENT_ABORTED_PORT"
    /// 421 and close at MAIL.
    case closing = "TEST_SMTP_SINK_CLOSING_PORT"

    var testDescription: String { self.rawValue }

    func endpoint() throws -> SMTPServer {
        try SMTPServer(
            host: "127.0.0.1",
            port: Int(RealServerVariable.value(of: self.rawValue)),
            tls: .plaintext
        )
    }

    /// Every dump of the message.
    func copies(of message: RealMessage) throws -> [StoredCopy] {
        try SinkDump.copies(
            of: message,
            in: RealServerVariable.value(of: "TEST_SMTP_SINK_DUMP_DIRECTORY"),
            port: RealServerVariable.value(of: self.rawValue),
            protocolName: self == .pix ? "SMTP" : "ESMTP"
        )
    }
}
