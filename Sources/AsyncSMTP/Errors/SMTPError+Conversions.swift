internal import DKIM
internal import MailAddress
internal import MailMessage
internal import NIOOpenSSL
internal import SMTPCore

extension SMTPError {
    /// The error for an argument that cannot be sent.
    init(_ error: CommandError, stage: Stage = .preparation) {
        self.init(.invalidArgument, "\(error)", stage: stage, underlying: error)
    }

    /// The error for an address that is none.
    init(_ error: AddressError, stage: Stage = .preparation) {
        self.init(.invalidArgument, "\(error)", stage: stage, underlying: error)
    }

    /// The error for content that must not be sent.
    init(_ error: ContentError, stage: Stage) {
        self.init(.invalidMessage, "\(error)", stage: stage, underlying: error)
    }

    /// The error for a message that cannot be written.
    init(_ error: MessageError) {
        self.init(.invalidMessage, "\(error)", stage: .preparation, underlying: error)
    }

    /// The error for a message that cannot be signed.
    init(_ error: DKIMError) {
        self.init(
            .invalidMessage,
            "the message cannot be signed: \(error)",
            stage: .preparation,
            underlying: error
        )
    }

    /// The error for what the caller's own code threw while it made a message.
    init(making error: any Error) {
        switch error {
        case let error as SMTPError: self = error
        case let error as MessageError: self.init(error)
        default:
            self.init(
                .invalidMessage,
                "the message could not be made: \(PrintableText.escape("\(error)"))",
                stage: .preparation,
                underlying: error
            )
        }
    }

    /// The error for content that could not be read.
    init(reading error: any Error) {
        switch error {
        case let error as ContentError: self.init(error, stage: .preparation)
        case let error as MessageError: self.init(error)
        case let error as DKIMError: self.init(error)
        case is CancellationError: self.init(ConnectionFailure.cancelled, stage: .preparation)
        default:
            self.init(
                .contentSourceFailed,
                "the content could not be read: \(PrintableText.escape("\(error)"))",
                stage: .preparation,
                underlying: error
            )
        }
    }

    /// The error for something the server does not offer.
    init(_ error: NegotiationError) {
        let code: Code =
            if case .messageTooLarge = error.reason { .messageTooLarge } else { .notSupported }
        self.init(code, "\(error)", stage: .preparation, underlying: error)
    }

    /// The error for a connection that failed at `stage`, with what it did to the recipients of a
    /// transaction.
    init(
        _ failure: ConnectionFailure,
        stage: Stage,
        recipients: [RecipientOutcome] = [],
        acceptance: Acceptance? = nil
    ) {
        func make(_ code: Code, _ message: String, reply: Reply? = nil, underlying: (any Error)? = nil)
            -> SMTPError
        {
            SMTPError(
                code,
                message,
                stage: stage,
                reply: reply,
                underlying: underlying,
                recipients: recipients,
                acceptance: acceptance
            )
        }
        self =
            switch failure {
            case .closedByServer: make(.disconnected, "the server closed the connection")
            case .tls(let error): make(error.smtpCode, "\(error)", underlying: error)
            case .network(let error as TLSError): make(error.smtpCode, "\(error)", underlying: error)
            case .plaintextBeforeTLS(let count):
                make(
                    .unexpectedPlaintextBeforeTLS,
                    "\(count) octets in clear stood behind the 220 to STARTTLS; TLS was not begun"
                )
            case .network(let error):
                make(
                    .disconnected,
                    "the connection was lost: \(PrintableText.escape("\(error)"))",
                    underlying: error
                )
            case .malformedReply(let error):
                make(.malformedReply, "\(error)", reply: error.reply, underlying: error)
            case .unsolicitedData(let excerpt):
                make(
                    .unsolicitedData,
                    "the server sent data nobody asked for: \"\(PrintableText.escape(excerpt))\""
                )
            case .serverClosing(let reply):
                make(.serverClosing, "the server closes the connection", reply: reply)
            case .timedOut where stage == .greeting:
                make(
                    .timedOut,
                    "no greeting came; a server that waits for TLS on this port needs the mode implicit"
                )
            case .timedOut: make(.timedOut, "the server took too long")
            case .cancelled: make(.cancelled, "the task was cancelled", underlying: CancellationError())
            case .closedLocally: make(.closed, "the session is closed")
            }
    }
}

extension TLSError {
    /// What the failure is for a session.
    fileprivate var smtpCode: SMTPError.Code {
        switch self.code {
        case .verificationFailed: .certificateRejected
        case .truncated, .peerClosed, .closed: .disconnected
        default: .tlsFailed
        }
    }
}
