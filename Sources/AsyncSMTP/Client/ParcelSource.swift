internal import SMTPCore

/// Where connections get messages from, and whom they tell what became of them.
protocol ParcelSource: AnyObject, Sendable {
    /// Most messages in flight on one connection.
    var maximumInFlight: Int { get }

    /// Takes note of messages whose fate is known, and gives others to a connection that has room.
    func take(
        _ connection: PoolConnectionID,
        atMost count: Int,
        finished: ParcelTally,
        into parcels: inout [Parcel]
    )

    /// Messages that were certainly not sent, for another connection.
    func returned(_ connection: PoolConnectionID, _ parcels: [Parcel])

    /// A reply asks to slow down, or says that the connection ends.
    func slowDown(_ connection: PoolConnectionID, _ reply: Reply, hasDelivered: Bool)

    /// The connection takes no more messages.
    func retired(_ connection: PoolConnectionID)

    /// The server does not keep up with grouped commands.
    func distrustPipelining()

    /// The connection is gone.
    func ended(_ connection: PoolConnectionID, _ failure: ConnectionFailure?)
}

/// Messages of a connection whose fate is known.
struct ParcelTally: Sendable {
    var accepted = 0
    var failed = 0

    var isEmpty: Bool { self.accepted == 0 && self.failed == 0 }
}
