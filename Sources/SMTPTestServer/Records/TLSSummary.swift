extension SMTPTestServer {
    /// What a TLS session of a connection is.
    public struct TLSSummary: Sendable, Hashable {
        /// The version of the protocol: `TLSv1.3`.
        public let version: String
        /// The name of the cipher suite.
        public let cipher: String
        /// The subject of the client's certificate; nil without one.
        public let clientCertificateSubject: String?
        /// The index in `SessionRecord.dialogue` of the first line that was said inside TLS.
        public let firstLine: Int

        init(_ security: Security, firstLine: Int) {
            self.version = security.version
            self.cipher = security.cipher
            self.clientCertificateSubject = security.clientSubject
            self.firstLine = firstLine
        }
    }
}
