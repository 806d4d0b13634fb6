/// An error of the test server itself, never of the protocol it speaks.
public struct SMTPTestServerError: Error, Sendable {
    /// The kind of an error; open, so that kinds can be added.
    public struct Code: Hashable, Sendable, CustomStringConvertible {
        /// The name of the kind.
        public let description: String

        /// The server could not listen on the configured endpoint.
        public static let cannotListen = Code(description: "cannotListen")
        /// The TLS configuration cannot be used, or a certificate could not be made.
        public static let invalidTLS = Code(description: "invalidTLS")
        /// A file or directory made for a Unix socket could not be made or removed.
        public static let fileSystem = Code(description: "fileSystem")
        /// The task was cancelled while it waited.
        public static let cancelled = Code(description: "cancelled")
        /// The server was shut down before the awaited event happened.
        public static let shutDown = Code(description: "shutDown")
    }

    /// The kind of the error.
    public let code: Code
    /// A sentence with the particulars; empty where the code says everything.
    public let message: String
    /// The error of a lower layer that caused this one.
    public let underlyingError: (any Error)?

    init(_ code: Code, _ message: String = "", underlyingError: (any Error)? = nil) {
        self.code = code
        self.message = message
        self.underlyingError = underlyingError
    }
}

extension SMTPTestServerError: CustomStringConvertible {
    /// The code, the message and the underlying error in one line.
    public var description: String {
        var text = "SMTPTestServerError.\(self.code)"
        if !self.message.isEmpty {
            text += ": \(self.message)"
        }
        if let underlyingError {
            text += " (\(underlyingError))"
        }
        return text
    }
}
