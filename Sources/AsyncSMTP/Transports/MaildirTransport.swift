internal import NIOCore
internal import NIOFileSystem
internal import SMTPCore

/// Delivers every message into one maildir, for whomever it is addressed to: one file for each message, whole from the
/// moment it is seen.
///
/// The file is written in `tmp` and moved to `new`. It has LF line ends, as is the custom, and begins with a
/// `Return-Path` field that names the sender, as final delivery makes one (RFC 5321 section 4.4); one that the message
/// brings is left out. The three directories are made where they are missing, for their owner alone (0700), files 0600.
public struct MaildirTransport: MailTransport {
    /// Path of the maildir, which has or gets `tmp`, `new` and `cur`.
    public let directory: String
    /// What all messages have in common.
    public let defaults: MessageDefaults
    /// How messages are made ready, unless told otherwise.
    public let sending: SendOptions
    /// Whether Bcc and Resent-Bcc are kept: for a message that came from elsewhere and is to be seen as it came.
    private let keepsHiddenFields: Bool

    /// Makes a transport; nothing is made on the disk yet.
    public init(
        directory: String,
        defaults: MessageDefaults = MessageDefaults(),
        sending: SendOptions = SendOptions()
    ) {
        self.directory = directory
        self.defaults = defaults
        self.sending = sending
        self.keepsHiddenFields = false
    }

    /// Makes a transport for messages that were received: lines of any length are stored, and a Bcc field that should
    /// not have been there is.
    package init(forReceivedMessagesIn directory: String) {
        self.directory = directory
        self.defaults = MessageDefaults()
        var sending = SendOptions()
        sending.contentRules.maximumLineLength = nil
        self.sending = sending
        self.keepsHiddenFields = true
    }

    /// Delivers a message; the file is on the disk when this returns.
    ///
    /// A task that is cancelled leaves nothing behind.
    ///
    /// - Throws: ``SMTPError`` with ``SMTPError/Code/transportFailed`` where the file system does not take it, with
    ///   ``SMTPError/Code/notSupported`` for required parameters (a maildir sends no reports), and as
    ///   ``SMTPClient/send(_:options:)`` does for a message at fault; nothing was delivered unless the
    ///   acceptance is ``Acceptance/unknown``: the file has its name then, but the directory could not be brought to the
    ///   disk.
    @discardableResult
    public func send(
        _ message: some OutgoingMessage,
        options: SendOptions? = nil
    ) async throws(SMTPError) -> StoredReceipt {
        let delivery = try await LocalDelivery(
            message,
            options: options ?? self.sending,
            defaults: self.defaults,
            dropping: self.keepsHiddenFields
                ? ["return-path"] : Preparation.hiddenFields.union(["return-path"]),
            reach: .understands([.eightBitMIME, .smtpUTF8])
        )
        return try await self.deliver(delivery)
    }

    @concurrent
    private func deliver(_ delivery: LocalDelivery) async throws(SMTPError) -> StoredReceipt {
        let directory = FilePath(self.directory)
        for name in ["tmp", "new", "cur"] { try await PendingFile.makeDirectory(directory.appending(name)) }
        let name = UniqueName.maildir(host: SystemName.host)
        let new = directory.appending("new")
        let file = try await PendingFile(
            new.appending(name),
            writtenAs: directory.appending("tmp").appending(name)
        )
        let octets: UInt64
        do throws(SMTPError) {
            try await file.write(ByteBuffer(string: "Return-Path: \(delivery.message.envelope.sender)\n"))
            octets = try await file.write(delivery, lineEnd: .lf)
            try LocalDelivery.checkCancellation()
        } catch {
            await file.discard()
            throw error
        }
        try await PendingFile.commit([file], in: new)
        return StoredReceipt(delivery, octets: octets, location: new.appending(name).string)
    }
}
