internal import NIOCore
internal import SMTPCore

/// A message in the hands of a client: what is to be sent, and who waits for the outcome.
final class Parcel: PoolMessage {
    /// Most times a message is moved to another connection because of what befell others, or because the
    /// connection had been closed while it was idle; times at which others got through do not count.
    static let maximumMoves = 3

    let message: PreparedMessage
    let waiter: any ParcelWaiter
    /// Place among the messages of the waiter.
    let index: Int
    /// Place of the server it goes through among those of the client.
    let route: Int
    /// When it was handed over.
    let submitted: NIODeadline
    let waiterID: UInt64
    let waitDeadline: NIODeadline
    /// Whether nothing else may be in flight on its connection.
    let isExclusive: Bool
    /// Times it was moved to another connection.
    let moves: Int
    /// What came of earlier transactions; nil before the first.
    let earlier: Delivering?

    init(
        _ message: PreparedMessage,
        waiter: any ParcelWaiter,
        index: Int,
        route: Int,
        waiterID: UInt64,
        waitDeadline: NIODeadline = .distantFuture,
        submitted: NIODeadline = .now()
    ) {
        self.message = message
        self.waiter = waiter
        self.index = index
        self.route = route
        self.submitted = submitted
        self.waiterID = waiterID
        self.waitDeadline = waitDeadline
        self.isExclusive = !message.canShareConnection
        self.moves = 0
        self.earlier = nil
    }

    private init(_ other: Parcel, moves: Int, earlier: Delivering?) {
        self.message = other.message
        self.waiter = other.waiter
        self.index = other.index
        self.route = other.route
        self.submitted = other.submitted
        self.waiterID = other.waiterID
        self.waitDeadline = other.waitDeadline
        self.isExclusive = other.isExclusive || earlier != nil
        self.moves = moves
        self.earlier = earlier
    }

    /// Whether no other connection had it before.
    var isOnFirstConnection: Bool { self.moves == 0 && self.earlier == nil }

    var recipientCount: Int { self.message.envelope.recipients.count }

    /// What is still to be done.
    var delivering: Delivering { self.earlier ?? Delivering(self.message) }

    /// The same message for another connection; nil when it was moved often enough.
    ///
    /// - Parameter counts: Whether this is one of the times.
    func moved(counts: Bool = true) -> Parcel? {
        guard counts else { return self }
        return self.moves < Self.maximumMoves
            ? Parcel(self, moves: self.moves + 1, earlier: self.earlier) : nil
    }

    /// The rest of a message of which some transactions are done.
    func continuing(_ delivering: Delivering) -> Parcel {
        Parcel(self, moves: self.moves, earlier: delivering)
    }

    /// What an error means that ends the message where it stands: what was accepted by an earlier transaction
    /// stays accepted.
    func result(endingWith error: SMTPError) -> Result<SendReceipt, SMTPError> {
        guard var delivering = self.earlier else { return .failure(error) }
        do throws(SMTPError) {
            try delivering.end(with: error)
            return .success(try delivering.receipt())
        } catch {
            return .failure(error)
        }
    }
}
