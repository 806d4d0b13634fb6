extension SMTPTestServer {
    /// What happened on one connection.
    public struct SessionRecord: Sendable {
        /// The number of the connection, from 0, in the order of acceptance.
        public let index: Int
        /// What both sides said, content left out; at most `Limits.recordedLinesPerSession` entries.
        public internal(set) var dialogue: [DialogueLine] = []
        /// The octets received inside TLS or, without it, at all; content included, up to `Limits.recordedOctetsPerSession`.
        public internal(set) var receivedOctets: [UInt8] = []
        /// The number of octets received.
        public internal(set) var receivedCount = 0
        /// The octets sent, up to `Limits.recordedOctetsPerSession`.
        public internal(set) var sentOctets: [UInt8] = []
        /// The number of octets sent.
        public internal(set) var sentCount = 0
        /// The name that the client gave in EHLO, HELO or LHLO; nil before an accepted one, also behind
        /// STARTTLS (RFC 3207 section 4.2).
        public internal(set) var hello: String?
        /// Who was authenticated, and how; nil for nobody, also behind STARTTLS.
        public internal(set) var authentication: Authentication?
        /// The TLS session; nil as long as the connection is in clear.
        public internal(set) var tls: TLSSummary?
        /// Why TLS failed; nil when it did not.
        ///
        /// A client that closes without close_notify and without QUIT is among the reasons, though the end is
        /// `clientClosed` then.
        public internal(set) var tlsFailure: String?
        /// The octets that had come in clear behind STARTTLS when it was accepted.
        ///
        /// The server discards them: obeying them inside TLS is the command injection of CVE-2011-0411. At
        /// most `Limits.recordedOctetsPerSession`.
        public internal(set) var injectedOctets: [UInt8] = []
        /// The commands behind which octets had arrived before the server answered.
        ///
        /// RFC 2920 section 3.1 wants the client to wait there: behind commands like EHLO and DATA always,
        /// behind any command when PIPELINING was not offered. `CONNECT` stands for the greeting, `CONTENT`
        /// for the end of a message or chunk.
        public internal(set) var synchronizationErrors: [String] = []
        /// The number of content octets of a message that was cut off by the end of the connection; nil when
        /// there was none.
        public internal(set) var unfinishedContentCount: Int?
        /// How the connection ended.
        public internal(set) var end: SessionEnd = .open

        init(index: Int) {
            self.index = index
        }

        /// The user whom AUTH authenticated; nil for none.
        public var authenticatedUser: String? { self.authentication?.user }

        /// What both sides said in clear.
        public var dialogueInClear: ArraySlice<DialogueLine> {
            self.dialogue.prefix(self.tls?.firstLine ?? .max)
        }

        /// What both sides said inside TLS.
        public var dialogueInTLS: ArraySlice<DialogueLine> {
            self.dialogue.dropFirst(self.tls?.firstLine ?? .max)
        }

        /// The lines that the server took up, in order: commands, and answers to AUTH challenges.
        public var commands: [String] {
            self.dialogue.compactMap { if case .client(let text) = $0 { text } else { nil } }
        }

        /// What the server wrote, in order.
        public var replies: [String] {
            self.dialogue.compactMap { if case .server(let text) = $0 { text } else { nil } }
        }
    }
}

extension SMTPTestServer.SessionRecord: CustomStringConvertible {
    /// The dialogue, line by line, and how it ended.
    public var description: String {
        (["session \(self.index)"] + self.dialogue.map(\.description) + ["\(self.end)"]).joined(
            separator: "\n"
        )
    }
}
