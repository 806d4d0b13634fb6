/// What an exit status of `sysexits.h` means for a message.
struct SendmailExit: Sendable, Hashable {
    /// How far a status can be believed.
    private enum Meaning {
        /// The program was called the wrong way, before any message.
        case misuse
        /// The whole message was refused, for good or for now.
        case refusal(Acceptance)
        /// At least one recipient was refused; some programs deliver to the others then.
        case recipientRefusal
        /// Something went wrong, perhaps after the message was handed on.
        case failure
    }

    /// Name in `sysexits.h`.
    let name: String
    /// The error it is.
    let code: SMTPError.Code
    /// What is known about the message.
    let acceptance: Acceptance

    /// The meaning of a status; nil for one that `sysexits.h` does not know.
    ///
    /// - Parameters:
    ///   - isComplete: Whether the whole message was written; nobody can have it before.
    ///   - recipientCount: Recipients the status is for.
    init?(code status: Int32, isComplete: Bool, recipientCount: Int) {
        guard let (name, code, meaning) = Self.table[status] else { return nil }
        self.name = name
        self.code = code
        self.acceptance =
            switch meaning {
            case .misuse: .notAccepted
            case .refusal(let acceptance): acceptance
            case .recipientRefusal: isComplete && recipientCount > 1 ? .unknown : .refusedPermanently
            case .failure: isComplete ? .unknown : .notAccepted
            }
    }

    private static let table: [Int32: (String, SMTPError.Code, Meaning)] = [
        64: ("EX_USAGE", .invalidArgument, .misuse),
        65: ("EX_DATAERR", .dataRefused, .refusal(.refusedPermanently)),
        66: ("EX_NOINPUT", .transportFailed, .failure),
        67: ("EX_NOUSER", .recipientsRefused, .recipientRefusal),
        68: ("EX_NOHOST", .recipientsRefused, .recipientRefusal),
        69: ("EX_UNAVAILABLE", .transportFailed, .failure),
        70: ("EX_SOFTWARE", .transportFailed, .failure),
        71: ("EX_OSERR", .transportFailed, .failure),
        72: ("EX_OSFILE", .transportFailed, .failure),
        73: ("EX_CANTCREAT", .transportFailed, .failure),
        74: ("EX_IOERR", .transportFailed, .failure),
        75: ("EX_TEMPFAIL", .transportFailed, .refusal(.refusedTemporarily)),
        76: ("EX_PROTOCOL", .transportFailed, .failure),
        77: ("EX_NOPERM", .transportFailed, .recipientRefusal),
        78: ("EX_CONFIG", .invalidArgument, .misuse),
    ]
}
