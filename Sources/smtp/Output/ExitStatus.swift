internal import AsyncSMTP

/// What the process tells whoever started it, by sysexits.
enum ExitStatus: Int32, CaseIterable {
    case success = 0
    case someRefused = 1
    case usage = 64
    case unusableData = 65
    case allRefused = 67
    case hostUnknown = 68
    case unavailable = 69
    case unknownAcceptance = 70
    case temporaryFailure = 75
    case protocolFailure = 76
    case permissionDenied = 77
    case badConfiguration = 78

    /// What it means, in a few words.
    var meaning: String {
        switch self {
        case .success: "every recipient was accepted, or the command did what it was asked"
        case .someRefused: "some recipients were refused"
        case .usage: "the command line is wrong"
        case .unusableData: "the message or an address cannot be used"
        case .allRefused: "every recipient was refused"
        case .hostUnknown: "the host is unknown"
        case .unavailable: "no connection, or it was lost before anything can have been accepted"
        case .unknownAcceptance: "the message may have been accepted: the connection went before the reply"
        case .temporaryFailure: "refused for now; the same may succeed later"
        case .protocolFailure: "the server broke the protocol, or TLS failed"
        case .permissionDenied: "logging in failed, or the server permits it to others only"
        case .badConfiguration: "a file, a key or a setting of this side is missing or wrong"
        }
    }

    /// All of them, for the help.
    static let table =
        "Exit status:\n"
        + Self.allCases.map { status in
            let number = String(status.rawValue)
            return String(repeating: " ", count: 4 - number.count) + number + "  " + status.meaning
        }.joined(separator: "\n")

    /// The status of a message that was accepted by somebody.
    init(_ receipt: SendReceipt) {
        self = receipt.refused.isEmpty ? .success : .someRefused
    }

    /// The status of a failure.
    init(_ error: SMTPError) {
        switch error.acceptance {
        case .partly: self = .someRefused
        case .unknown: self = .unknownAcceptance
        case .refusedTemporarily: self = .temporaryFailure
        default: self = Self.status(of: error)
        }
    }

    private static func status(of error: SMTPError) -> ExitStatus {
        switch error.code {
        case .tlsFailed where (error.underlying as? TLSError)?.code == .invalidConfiguration:
            .badConfiguration
        // Credentials that no mechanism can carry; addresses are none of them.
        case .invalidArgument where error.stage == .authentication: .badConfiguration
        case .recipientsRefused: .allRefused
        case .invalidArgument, .invalidMessage, .messageTooLarge: .unusableData
        case .contentSourceFailed: .unusableData
        case .hostUnknown: .hostUnknown
        case .authenticationFailed, .noAuthenticationMechanism, .authenticationNeedsEncryption,
            .senderRefused:
            Self.temporary(error) ?? .permissionDenied
        case .dataRefused, .commandRefused, .greetingRefused, .helloRefused:
            Self.temporary(error) ?? .protocolFailureOrRefusal(error)
        case .cannotConnect, .disconnected, .serverClosing, .timedOut, .cancelled, .closed:
            Self.temporary(error) ?? .unavailable
        case .startTLSUnavailable, .tlsFailed, .certificateRejected, .unexpectedPlaintextBeforeTLS,
            .malformedReply, .unexpectedReply, .unsolicitedData, .badSequence, .notSupported:
            .protocolFailure
        default: .unavailable
        }
    }

    private static func temporary(_ error: SMTPError) -> ExitStatus? {
        error.reply.flatMap { $0.code.severity == .transientNegative ? .temporaryFailure : nil }
    }

    /// A server that refuses the content refuses it to every recipient; one that refuses to be talked to permits
    /// it to others only.
    private static func protocolFailureOrRefusal(_ error: SMTPError) -> ExitStatus {
        error.code == .dataRefused ? .allRefused : .permissionDenied
    }
}
