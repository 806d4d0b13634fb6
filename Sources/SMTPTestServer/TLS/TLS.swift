public import NIOOpenSSL

extension SMTPTestServer {
    /// How a server speaks TLS.
    ///
    /// ```swift
    /// let authority = try SMTPTestServer.Authority()
    /// let identity = try authority.identity(for: ["localhost", "127.0.0.1"])
    /// let configuration = SMTPTestServer.Configuration(tls: .startTLS(identity))
    /// ```
    public struct TLS: Sendable, Hashable {
        /// When it begins.
        enum Start: Sendable, Hashable {
            /// With the connection.
            case connection
            /// Behind the command STARTTLS.
            case command
        }

        let start: Start

        /// Versions, ciphers, and what is asked of the client's certificate.
        public var options: TLSServerConfiguration

        /// TLS from the first octet, as on port 465 (RFC 8314 section 3.3).
        public static func implicit(_ identity: TLSIdentity) -> TLS {
            .implicit(TLSServerConfiguration(identity: identity))
        }

        /// TLS from the first octet, in all particulars.
        public static func implicit(_ options: TLSServerConfiguration) -> TLS {
            TLS(start: .connection, options: options)
        }

        /// TLS behind the command STARTTLS (RFC 3207), which the server offers.
        public static func startTLS(_ identity: TLSIdentity) -> TLS {
            .startTLS(TLSServerConfiguration(identity: identity))
        }

        /// TLS behind the command STARTTLS, in all particulars.
        public static func startTLS(_ options: TLSServerConfiguration) -> TLS {
            TLS(start: .command, options: options)
        }
    }
}
