extension SMTPTestServer {
    /// A point of the dialogue that a rule is about.
    public struct Stage: Sendable {
        enum Criterion: Sendable {
            case connect
            case clientHello
            case secured
            case command(verb: String, predicate: (@Sendable (String) -> Bool)?)
            case authResponse
            case contentOctets(Int)
            case bdat
            case endOfContent
            case recipientIndex(Int)
            case recipientAddress(String)
        }

        let criterion: Criterion
        let occurrence: Occurrence

        /// The greeting is due.
        public static let connect = Stage.connect(occurrence: .every)

        /// The first octets have arrived where TLS begins: of the connection, or behind the 220 to STARTTLS.
        ///
        /// Replies given here are written in clear, and TLS begins when the actions are done, if
        /// ``Action/default`` is among them. Without it no TLS follows: the octets are taken for commands.
        public static let clientHello = Stage.clientHello(occurrence: .every)

        /// The TLS handshake is done; replies given here come first inside TLS, before any greeting.
        public static let secured = Stage.secured(occurrence: .every)

        /// A BDAT chunk that is not the last one has arrived completely; the reply to it is due.
        public static let bdat = Stage.bdat(occurrence: .every)

        /// The content is complete, by the final dot or by BDAT LAST; the final reply is due.
        ///
        /// For LMTP the rule runs once per message, before the recipients. A reply that it gives stands for
        /// all of them: the fault of a server that forgets RFC 2033 section 4.2.
        public static let endOfContent = Stage.endOfContent(occurrence: .every)

        /// A line that answers a 334 challenge has arrived.
        public static let authResponse = Stage.authResponse(occurrence: .every)

        /// The greeting is due, for the connections that the occurrence names.
        public static func connect(occurrence: Occurrence) -> Stage {
            Stage(criterion: .connect, occurrence: occurrence)
        }

        /// The first octets have arrived where TLS begins, for the times that the occurrence names.
        public static func clientHello(occurrence: Occurrence) -> Stage {
            Stage(criterion: .clientHello, occurrence: occurrence)
        }

        /// The TLS handshake is done, for the times that the occurrence names.
        public static func secured(occurrence: Occurrence) -> Stage {
            Stage(criterion: .secured, occurrence: occurrence)
        }

        /// A command has arrived.
        ///
        /// - Parameters:
        ///   - verb: The verb, in any case.
        ///   - occurrence: Which times, counted over the commands that verb and predicate match.
        ///   - predicate: A condition on the argument: all that follows the space behind the verb.
        public static func command(
            _ verb: String,
            occurrence: Occurrence = .every,
            where predicate: (@Sendable (_ argument: String) -> Bool)? = nil
        ) -> Stage {
            Stage(criterion: .command(verb: verb.uppercased(), predicate: predicate), occurrence: occurrence)
        }

        /// A line that answers a 334 challenge has arrived, for the times that the occurrence names.
        public static func authResponse(occurrence: Occurrence) -> Stage {
            Stage(criterion: .authResponse, occurrence: occurrence)
        }

        /// So many octets of a message's content have arrived, counted as they are on the wire.
        ///
        /// The count starts behind the 354, or with the first octet of the first chunk; less than 1 counts as
        /// 1. Replies given here are written in the middle of the content and change nothing. Octets behind
        /// the place are not looked at before the actions are done.
        public static func contentOctets(_ count: Int, occurrence: Occurrence = .every) -> Stage {
            Stage(criterion: .contentOctets(max(1, count)), occurrence: occurrence)
        }

        /// A BDAT chunk that is not the last one has arrived, for the times that the occurrence names.
        public static func bdat(occurrence: Occurrence) -> Stage {
            Stage(criterion: .bdat, occurrence: occurrence)
        }

        /// The content is complete, for the messages that the occurrence names.
        public static func endOfContent(occurrence: Occurrence) -> Stage {
            Stage(criterion: .endOfContent, occurrence: occurrence)
        }

        /// The final LMTP reply is due for the accepted recipient with this index, from 0.
        public static func lmtpRecipient(_ index: Int, occurrence: Occurrence = .every) -> Stage {
            Stage(criterion: .recipientIndex(index), occurrence: occurrence)
        }

        /// The final LMTP reply is due for the recipient with this path (without angle brackets, exact).
        public static func lmtpRecipient(address: String, occurrence: Occurrence = .every) -> Stage {
            Stage(criterion: .recipientAddress(address), occurrence: occurrence)
        }

        func matches(_ kind: Event.Kind) -> Bool {
            switch (self.criterion, kind) {
            case (.connect, .connect), (.clientHello, .clientHello), (.secured, .secured),
                (.authResponse, .authResponse), (.bdat, .bdat),
                (.endOfContent, .endOfContent):
                true
            case (.command(let verb, let predicate), .command(let received, let argument)):
                verb == received && (predicate?(argument) ?? true)
            case (.contentOctets(let count), .contentOctets(let received)):
                count == received
            case (.recipientIndex(let index), .lmtpRecipient(let received, _)):
                index == received
            case (.recipientAddress(let address), .lmtpRecipient(_, let received)):
                address == received
            default:
                false
            }
        }
    }
}
