internal import AsyncSMTP
internal import SMTPTestServer

/// What a sink tells about a message.
struct SinkMessage: Encodable {
    /// Facts of TLS.
    struct Encryption: Encodable {
        let version: String
        let cipher: String
    }

    /// Most recipients that a line for people names.
    private static let namedRecipients = 3

    /// Address of MAIL, without angle brackets; empty for the null path.
    let sender: String
    /// Addresses of RCPT, without angle brackets.
    let recipients: [String]
    /// Octets of the content.
    let bytes: Int
    /// Message-ID, without angle brackets; null where there is none that can be read.
    let messageID: OrNull<String>
    /// Subject, decoded; empty where there is none.
    let subject: String
    /// Name the client gave.
    let hello: String
    /// Version and cipher; null in clear.
    let tls: OrNull<Encryption>
    /// Who had logged in; null for nobody.
    let user: OrNull<String>
    /// Path in the maildir; null without one.
    let file: OrNull<String>
    /// Name that the client was told.
    let queueID: String

    init(_ message: SMTPTestServer.ReceivedMessage, file: String?) {
        // A header too large to be read is one without subject and identifier.
        let header = try? ReceivedHeader(parsing: message.content)
        self.sender = message.sender
        self.recipients = message.recipients.map(\.address)
        self.bytes = message.contentLength
        self.messageID = OrNull(header?.messageID?.value)
        self.subject = header?.subject ?? ""
        self.hello = message.hello
        if let version = message.tlsVersion, let cipher = message.tlsCipher {
            self.tls = OrNull(Encryption(version: "\(version)", cipher: cipher))
        } else {
            self.tls = OrNull(nil)
        }
        self.user = OrNull(message.authenticatedUser)
        self.file = OrNull(file)
        self.queueID = message.queueID
    }

    /// One line for people; nothing in it moves the cursor of a terminal.
    var line: String {
        var names = self.recipients.prefix(Self.namedRecipients).map { "<\(PrintableText.escape($0))>" }
        let others = self.recipients.count - names.count
        if others > 0 { names.append("\(others) more") }
        let subject = self.subject.isEmpty ? "" : " \"\(PrintableText.escape(self.subject, limit: 200))\""
        let file = self.file.value.map { ", \(PrintableText.escape($0, limit: 4_096))" } ?? ""
        return "<\(PrintableText.escape(self.sender))> to \(names.joined(separator: ", ")):\(subject)"
            + " \(self.bytes) octets, \(self.queueID)\(file)"
    }
}
