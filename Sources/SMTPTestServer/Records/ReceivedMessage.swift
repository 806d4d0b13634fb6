public import NIOOpenSSL

extension SMTPTestServer {
    /// A message that the server accepted.
    public struct ReceivedMessage: Sendable {
        /// The number of the connection that brought it, from 0.
        public let sessionIndex: Int
        /// The name that the client gave in EHLO, HELO or LHLO; empty when it gave none.
        public let hello: String
        /// Who AUTH had authenticated, and how; nil for nobody.
        public let authentication: Authentication?
        /// Whether it came inside TLS.
        public let isEncrypted: Bool
        /// The version of TLS that it came by; nil in clear.
        public let tlsVersion: TLSVersion?
        /// The name of the TLS cipher suite that it came by; nil in clear.
        public let tlsCipher: String?
        /// The path of MAIL as on the wire, without its angle brackets; empty for the null path.
        public let sender: String
        /// The parameters of the MAIL command.
        public let mailParameters: Parameters
        /// The accepted recipients in the order of their RCPT commands; for LMTP those whose final reply was
        /// 2yz.
        public let recipients: [Recipient]
        /// The exact octets of the content: dot-stuffing undone, or the octets of the chunks.
        ///
        /// Empty when `Configuration.storesContent` is off.
        public let content: [UInt8]
        /// The number of octets of the content, whether it was kept or not.
        public let contentLength: Int
        /// The raw octets of the DATA phase, terminator included; nil unless
        /// `Configuration.storesWireContent` is on, and for BDAT.
        public let wireContent: [UInt8]?
        /// Whether the content came by BDAT (RFC 3030).
        public let isBDAT: Bool
        /// The final replies of LMTP, refusals too, one for each recipient that RCPT had accepted; empty for
        /// SMTP.
        ///
        /// The lines of a reply are separated by line feeds.
        public let lmtpReplies: [String]
        /// The name under which the default reply told the client that the message is queued.
        public let queueID: String

        let computedChecksum: ContentChecksum?

        /// The user whom AUTH had authenticated; nil for none.
        public var authenticatedUser: String? { self.authentication?.user }

        /// The checksum of the content, whether it was kept or not.
        public var checksum: ContentChecksum {
            self.computedChecksum ?? ContentChecksum(of: self.content)
        }

        /// The content decoded as UTF-8, with U+FFFD for what is not.
        public var text: String {
            String(decoding: self.content, as: UTF8.self)
        }
    }
}

extension SMTPTestServer.ReceivedMessage: CustomStringConvertible {
    /// The envelope and the length of the content in one line.
    public var description: String {
        let recipients = self.recipients.map { "<\($0.address)>" }.joined(separator: ", ")
        return "message from <\(self.sender)> to \(recipients), \(self.contentLength) octets"
    }
}
