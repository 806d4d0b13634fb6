#if canImport(Subprocess)
internal import MailAddress
internal import SMTPCore

/// Hands every message to a program that takes what sendmail takes: Postfix, Exim, OpenSMTPD, msmtp.
///
/// The program is started without a shell, one run for each message:
///
/// ```text
/// /usr/sbin/sendmail -i -f ann@example.org -- bob@example.net carl@example.net
/// ```
///
/// An address that begins with `-` is refused before anything is started, and all recipients stand behind `--`. The
/// content goes to the standard input as fast as the program reads, with LF line ends. What the program prints is
/// thrown away, but for the first 16 KiB on the standard error, which stand in the error when it fails.
///
/// Half a message is never taken for a whole one. Content that is not in memory is read to its end before the program
/// is started, into a temporary file without a name. When the task is cancelled or the time is up, the program and all
/// it started are killed before their input ends; one that runs as another user and cannot be killed gets the rest of
/// the message while `send` throws at once.
///
/// SIGPIPE is ignored in the whole program from the first transport on, as SwiftNIO does with its first socket.
public struct SendmailTransport: MailTransport {
    /// Path of the program.
    public let path: String
    /// Arguments in front of those for the message.
    public let arguments: [String]
    /// What all messages have in common.
    public let defaults: MessageDefaults
    /// How messages are made ready, unless told otherwise.
    public let sending: SendOptions
    /// Time the program has for one message; nil for any.
    public let timeLimit: Duration?

    /// Makes a transport; nothing is started yet.
    ///
    /// - Parameters:
    ///   - path: Absolute path of the program.
    ///   - arguments: Arguments in front of those for the message; without `-i` a lone dot would end the content.
    ///   - defaults: What all messages have in common.
    ///   - sending: How messages are made ready, unless told otherwise.
    ///   - timeLimit: Time the program has from its start to its end; nil for any.
    public init(
        path: String = "/usr/sbin/sendmail",
        arguments: [String] = ["-i"],
        defaults: MessageDefaults = MessageDefaults(),
        sending: SendOptions = SendOptions(),
        timeLimit: Duration? = .seconds(300)
    ) {
        BrokenPipes.ignore()
        self.path = path
        self.arguments = arguments
        self.defaults = defaults
        self.sending = sending
        self.timeLimit = timeLimit
    }

    /// Hands a message to the program, and waits for its end.
    ///
    /// RET, ENVID and NOTIFY are passed on as `-R`, `-V` and `-N`; one NOTIFY for all recipients.
    ///
    /// - Throws: ``SMTPError`` with ``SMTPError/Code/invalidArgument`` for an address that begins with `-`, with
    ///   ``SMTPError/Code/notSupported`` for one outside ASCII and for required parameters that cannot be passed on,
    ///   with ``SMTPError/Code/transportFailed``, ``SMTPError/Code/dataRefused`` or
    ///   ``SMTPError/Code/recipientsRefused`` by the program's exit status, and as ``SMTPClient/send(_:options:)`` does
    ///   for a message at fault. ``SMTPError/acceptance`` is ``Acceptance/unknown`` where the program had the whole
    ///   message and ended without a word that it understands.
    @discardableResult
    public func send(
        _ message: some OutgoingMessage,
        options: SendOptions? = nil
    ) async throws(SMTPError) -> StoredReceipt {
        let delivery = try await LocalDelivery(
            message,
            options: options ?? self.sending,
            defaults: self.defaults,
            reach: .understands([.eightBitMIME, .dsn])
        )
        let arguments = try SendmailArguments(delivery)
        let run = SendmailRun(
            path: self.path,
            arguments: self.arguments + arguments.values,
            timeLimit: self.timeLimit,
            supervision: SendmailSupervision()
        )
        let octets = try await run.carry(delivery)
        return StoredReceipt(delivery, octets: octets)
    }
}
#endif
