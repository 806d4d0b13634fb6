extension SMTPTestServer {
    /// One thing that a script makes the server do.
    ///
    /// The actions of a rule are carried out in order. The first complete reply among them decides what
    /// becomes of the command: 2yz to RCPT means that the recipient is accepted, 354 to DATA that content
    /// follows, and so on. If ``default`` is among them, it decides instead, and the other replies are only
    /// written.
    public struct Action: Sendable {
        enum Kind: Sendable {
            case write([UInt8])
            case runDefault
            case store
            case expectContent
            case close
            case truncate
            case writeInClear([UInt8])
            case reset
            case stall
            case hold(Gate)
            case stopReading(Gate)
        }

        let kind: Kind

        /// What the server would do without a script.
        public static let `default` = Action(kind: .runDefault)

        /// Stores the message now, as if accepted, without a reply; for `.endOfContent` and `.lmtpRecipient`.
        ///
        /// With ``close`` behind it this is the server that accepted a message and could not say so. In LMTP
        /// it accepts all recipients at `.endOfContent`, and the one in question at `.lmtpRecipient`.
        public static let store = Action(kind: .store)

        /// Takes what follows a DATA command as content, whatever the reply was: a server that answers 250
        /// where RFC 5321 section 4.3.2 wants 354.
        public static let expectContent = Action(kind: .expectContent)

        /// Ends the connection in order: what was written is sent, then, inside TLS, close_notify, then FIN.
        ///
        /// Octets that still come are read and recorded, not obeyed, so that the client is sure to see the
        /// last reply. The connection is closed when the client closes its side, or at shutdown.
        public static let close = Action(kind: .close)

        /// Ends the connection as ``close`` does, but without the close_notify of TLS (RFC 8446 section 6.1):
        /// what an attacker who cuts a stream, or a careless server, does.
        public static let truncate = Action(kind: .truncate)

        /// Ends the connection with RST (`SO_LINGER` with zero seconds); on a Unix socket it is closed at
        /// once.
        ///
        /// TLS is not told.
        public static let reset = Action(kind: .reset)

        /// Answers nothing any more on this connection, which stays open; octets are read and recorded.
        public static let stall = Action(kind: .stall)

        /// Writes lines as they stand, each followed by CRLF.
        ///
        /// Lines of a multi-line reply carry their own code and hyphen; they may also come as one string with
        /// line feeds in it: `.reply("250-one\n250 two")`.
        public static func reply(_ lines: String...) -> Action {
            .reply(lines)
        }

        /// Writes lines as they stand, each followed by CRLF.
        public static func reply(_ lines: [String]) -> Action {
            var octets: [UInt8] = []
            for line in lines {
                for part in line.utf8.split(separator: UInt8.lineFeed, omittingEmptySubsequences: false) {
                    octets += part.last == UInt8.carriageReturn ? part.dropLast() : part
                    octets += [UInt8.carriageReturn, UInt8.lineFeed]
                }
            }
            return Action(kind: .write(octets))
        }

        /// Writes exactly these octets, with nothing added.
        public static func raw(_ octets: [UInt8]) -> Action {
            Action(kind: .write(octets))
        }

        /// Writes exactly the UTF-8 octets of a string, with nothing added.
        public static func raw(_ text: String) -> Action {
            Action(kind: .write(Array(text.utf8)))
        }

        /// Writes octets past TLS: in clear in the middle of an encrypted session.
        ///
        /// They decide nothing. Without TLS they are written as they are.
        public static func inClear(_ text: String) -> Action {
            Action(kind: .writeInClear(Array(text.utf8)))
        }

        /// Waits until the gate opens, then goes on with the next action.
        ///
        /// Replies written before are sent first. Meanwhile the connection is read, within
        /// `Limits.heldInputOctets`, but nothing is obeyed.
        public static func hold(_ gate: Gate) -> Action {
            Action(kind: .hold(gate))
        }

        /// Stops reading the socket until the gate opens, and goes on with the next action at once.
        ///
        /// The client's writes then fill the socket buffers and stop: a test of back-pressure. What had been
        /// read is still obeyed.
        public static func stopReading(until gate: Gate) -> Action {
            Action(kind: .stopReading(gate))
        }
    }
}
