/// What an exit status of `sysexits.h` means for a message.
struct SendmailExit: Sendable, Hashable {
    /// Name in `sysexits.h`.
    let name: String
    /// The error it is.
    let code: SMTPError.Code
    /// What is known about the message.
    let acceptance: Acceptance

    /// The meaning of a status; nil for one that `sysexits.h` does not know.
    init?(code status: Int32) {
        guard let row = Self.table[status] else { return nil }
        (self.name, self.code, self.acceptance) = row
    }

    private static let table: [Int32: (String, SMTPError.Code, Acceptance)] = [
        64: ("EX_USAGE", .transportFailed, .notAccepted),
        65: ("EX_DATAERR", .dataRefused, .refusedPermanently),
        66: ("EX_NOINPUT", .transportFailed, .notAccepted),
        67: ("EX_NOUSER", .recipientsRefused, .refusedPermanently),
        68: ("EX_NOHOST", .recipientsRefused, .refusedPermanently),
        69: ("EX_UNAVAILABLE", .transportFailed, .refusedPermanently),
        70: ("EX_SOFTWARE", .transportFailed, .notAccepted),
        71: ("EX_OSERR", .transportFailed, .notAccepted),
        72: ("EX_OSFILE", .transportFailed, .notAccepted),
        73: ("EX_CANTCREAT", .transportFailed, .notAccepted),
        74: ("EX_IOERR", .transportFailed, .notAccepted),
        75: ("EX_TEMPFAIL", .transportFailed, .refusedTemporarily),
        76: ("EX_PROTOCOL", .transportFailed, .refusedPermanently),
        77: ("EX_NOPERM", .transportFailed, .refusedPermanently),
        78: ("EX_CONFIG", .transportFailed, .notAccepted),
    ]
}
