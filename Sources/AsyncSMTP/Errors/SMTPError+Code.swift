extension SMTPError {
    /// What went wrong; more codes may come, so a `switch` needs a default.
    public struct Code: Sendable, Hashable, CustomStringConvertible {
        /// Name of the code.
        public let description: String

        private init(_ name: String) {
            self.description = name
        }

        /// An address, name, parameter or URL that cannot be sent.
        ///
        /// Nothing was sent.
        public static let invalidArgument = Code("invalidArgument")
        /// A message that cannot be sent as it is, or whose header names no sender or recipient.
        public static let invalidMessage = Code("invalidMessage")
        /// The source of the content failed, or ended before its time.
        public static let contentSourceFailed = Code("contentSourceFailed")
        /// The host name has no address.
        public static let hostUnknown = Code("hostUnknown")
        /// No address of the server took a connection.
        public static let cannotConnect = Code("cannotConnect")
        /// The greeting was not 220; smtplib's `SMTPConnectError`.
        public static let greetingRefused = Code("greetingRefused")
        /// EHLO and HELO, or LHLO, were refused; smtplib's `SMTPHeloError`.
        public static let helloRefused = Code("helloRefused")
        /// TLS is required and the server does not offer STARTTLS, or refuses it.
        ///
        /// Nothing else was sent.
        public static let startTLSUnavailable = Code("startTLSUnavailable")
        /// The TLS handshake failed, or TLS cannot be set up as configured; ``SMTPError/underlying`` is a
        /// ``TLSError``.
        public static let tlsFailed = Code("tlsFailed")
        /// The server's certificate was not accepted; ``SMTPError/underlying`` is a ``TLSError``.
        public static let certificateRejected = Code("certificateRejected")
        /// The server, or somebody on the way, sent octets in clear behind the 220 to STARTTLS: an attack, or
        /// a server out of step (RFC 3207 section 6).
        public static let unexpectedPlaintextBeforeTLS = Code("unexpectedPlaintextBeforeTLS")
        /// AUTH failed; smtplib's `SMTPAuthenticationError`.
        public static let authenticationFailed = Code("authenticationFailed")
        /// The server offers no mechanism that can be used.
        public static let noAuthenticationMechanism = Code("noAuthenticationMechanism")
        /// Every mechanism offered would reveal the password on a connection that is not encrypted, or to a
        /// server that is not verified.
        public static let authenticationNeedsEncryption = Code("authenticationNeedsEncryption")
        /// MAIL was refused; smtplib's `SMTPSenderRefused`.
        public static let senderRefused = Code("senderRefused")
        /// Every recipient was refused, or one where all are required; smtplib's `SMTPRecipientsRefused`.
        public static let recipientsRefused = Code("recipientsRefused")
        /// DATA or the content was refused; smtplib's `SMTPDataError`.
        public static let dataRefused = Code("dataRefused")
        /// Another command was refused; smtplib's `SMTPResponseException`.
        public static let commandRefused = Code("commandRefused")
        /// The server does not offer what the message or the caller needs; smtplib's `SMTPNotSupportedError`.
        public static let notSupported = Code("notSupported")
        /// The message is larger than the server takes.
        public static let messageTooLarge = Code("messageTooLarge")
        /// The server closed the connection; smtplib's `SMTPServerDisconnected`.
        public static let disconnected = Code("disconnected")
        /// The server said 421: it closes the connection.
        public static let serverClosing = Code("serverClosing")
        /// The server sent something that is no reply or exceeds the limits.
        public static let malformedReply = Code("malformedReply")
        /// The server sent a reply that cannot be an answer to what was asked.
        public static let unexpectedReply = Code("unexpectedReply")
        /// The server sent something although nothing was asked.
        public static let unsolicitedData = Code("unsolicitedData")
        /// A step took longer than ``Timeouts`` allows.
        public static let timedOut = Code("timedOut")
        /// The task was cancelled.
        public static let cancelled = Code("cancelled")
        /// The session or the client was closed before.
        public static let closed = Code("closed")
        /// Commands out of order, such as `send` inside a transaction begun by `mail`.
        public static let badSequence = Code("badSequence")
        /// So many messages wait for a connection, or are kept, already that no more are taken.
        public static let tooManyMessages = Code("tooManyMessages")
        /// The file system or the program that was to take the message failed.
        public static let transportFailed = Code("transportFailed")
    }
}
