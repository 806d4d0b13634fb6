internal import NIOCore
internal import NIOFileSystem
internal import SMTPCore

/// Puts every message into a directory: `<name>.eml` as it would have gone over the wire, and `<name>.json` with its
/// envelope.
///
/// Names are made of time and random numbers, and sort by time. The `.json` appears first, each at once and complete:
/// who sees an `.eml` finds its envelope beside it. Files are for their owner alone (0600), as is the directory (0700),
/// which is made where it is missing.
///
/// ```swift
/// let mail = FileTransport(directory: "/var/spool/outbox")
/// let receipt = try await mail.send(message)
/// print(receipt.location ?? "")
/// ```
public struct FileTransport: MailTransport {
    /// Path of the directory.
    public let directory: String
    /// What all messages have in common.
    public let defaults: MessageDefaults
    /// How messages are made ready, unless told otherwise.
    public let sending: SendOptions

    /// Makes a transport; nothing is made on the disk yet.
    public init(
        directory: String,
        defaults: MessageDefaults = MessageDefaults(),
        sending: SendOptions = SendOptions()
    ) {
        self.directory = directory
        self.defaults = defaults
        self.sending = sending
    }

    /// Stores a message; the files are on the disk when this returns.
    ///
    /// A task that is cancelled leaves nothing behind.
    ///
    /// - Throws: ``SMTPError`` with ``SMTPError/Code/transportFailed`` where the file system does not take it, and as
    ///   ``SMTPClient/send(_:options:)`` does for a message at fault; nothing was stored unless the
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
            reach: .records
        )
        return try await self.store(delivery)
    }

    @concurrent
    private func store(_ delivery: LocalDelivery) async throws(SMTPError) -> StoredReceipt {
        let directory = FilePath(self.directory)
        let name = UniqueName.file()
        try await PendingFile.makeDirectory(directory)
        let file = try await PendingFile(
            directory.appending("\(name).eml"),
            writtenAs: directory.appending(".\(name).eml.tmp")
        )
        let octets: UInt64
        do throws(SMTPError) { octets = try await file.write(delivery, lineEnd: .crlf) } catch {
            await file.discard()
            throw error
        }
        let record: PendingFile
        do throws(SMTPError) {
            record = try await PendingFile(
                directory.appending("\(name).json"),
                writtenAs: directory.appending(".\(name).json.tmp")
            )
        } catch {
            await file.discard()
            throw error
        }
        do throws(SMTPError) {
            try await record.write(ByteBuffer(bytes: try EnvelopeRecord(delivery, octets: octets).encoded()))
            try LocalDelivery.checkCancellation()
        } catch {
            await file.discard()
            await record.discard()
            throw error
        }
        try await PendingFile.commit([record, file], in: directory)
        return StoredReceipt(delivery, octets: octets, location: directory.appending("\(name).eml").string)
    }
}
