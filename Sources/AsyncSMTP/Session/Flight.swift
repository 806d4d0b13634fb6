internal import NIOCore
internal import SMTPCore

/// A message in flight on a connection that carries several; belongs to the session of that connection.
final class Flight {
    let parcel: Parcel
    var transaction: Transaction
    let mailParameters: [ESMTPParameter]
    /// Whether it is not the first over its connection, which may have been closed meanwhile.
    let isLater: Bool
    /// Octets of commands and content, roughly.
    var length = 0
    /// Latest time for any reply.
    let deadline: NIODeadline
    let begun: NIODeadline
    var contentBegun: NIODeadline
    /// Octets of content as sent, without those the protocol adds.
    var octets: UInt64 = 0
    /// Whether the last octet of the content was handed to the network.
    ///
    /// From then on the message may have been accepted, whatever happens to the connection.
    var isContentHanded = false
    /// Whether the waiter was told already, because its task was cancelled.
    var isForsaken = false

    init(
        _ parcel: Parcel,
        _ transaction: Transaction,
        mailParameters: [ESMTPParameter],
        isLater: Bool,
        deadline: NIODeadline,
        now: NIODeadline
    ) {
        self.parcel = parcel
        self.transaction = transaction
        self.mailParameters = mailParameters
        self.isLater = isLater
        self.deadline = deadline
        self.begun = now
        self.contentBegun = now
    }

    var message: PreparedMessage { self.parcel.message }
}
