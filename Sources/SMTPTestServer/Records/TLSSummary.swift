public import NIOOpenSSL

extension SMTPTestServer {
    /// What a TLS session of a connection is.
    public struct TLSSummary: Sendable, Hashable {
        /// The version of the protocol.
        public let version: TLSVersion
        /// The name of the cipher suite.
        public let cipher: String
        /// The name that the client asked for in SNI (RFC 6066 section 3); nil for none.
        public let serverName: String?
        /// The subject of the client's certificate; nil without one.
        public let clientCertificateSubject: String?
        /// The index in `SessionRecord.dialogue` of the first line that was said inside TLS.
        public let firstLine: Int

        init(_ security: Security, serverName: String?, firstLine: Int) {
            self.version = security.version
            self.cipher = security.cipher
            self.serverName = serverName
            self.clientCertificateSubject = security.clientSubject
            self.firstLine = firstLine
        }
    }
}
