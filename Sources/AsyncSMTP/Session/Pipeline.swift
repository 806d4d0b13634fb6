internal import DequeModule
internal import NIOCore
internal import SMTPCore

/// State of a connection that pulls messages from a client and carries several at a time.
///
/// Belongs to one session and lives on its event loop.
final class Pipeline {
    /// Octets at which a group is written although more would be there.
    static let maximumGroupLength = 64 * 1024
    /// Time without a message after which the server may have closed the connection.
    static let staleTime = TimeAmount.seconds(1)
    /// Octets in flight at which no further message is begun.
    static let maximumLengthInFlight = 1024 * 1024

    let source: any ParcelSource
    let connection: PoolConnectionID
    /// Messages in flight in the order of writing; replies belong to the first that expects one.
    var flights = Deque<Flight>()
    private var lengthInFlight = 0
    /// Messages taken and not begun.
    var ready = Deque<Parcel>()
    /// Message that needs the connection for itself, once nothing is in flight.
    var exclusive: Parcel?
    /// The task that sends it.
    var exclusiveTask: Task<Void, Never>?
    var group = ByteBuffer()
    var repliesToGroup = 0
    /// Whether a group is on its way to the network.
    var isWriting = false
    /// Whether a line is waited for.
    var isWaiting = false
    var isProceeding = false
    var isRetired = false
    /// Since when nothing is in flight; nil while something is.
    var idleSince: NIODeadline?
    var hasEnded = false
    var hasDelivered = false
    var assembler: ReplyAssembler
    /// Fates not told yet, and how many the source knows nothing of.
    var outcomes: [ParcelOutcome] = []
    var tally = ParcelTally()
    /// Messages for another connection.
    var moving: [Parcel] = []
    private var taken: [Parcel] = []

    init(source: any ParcelSource, connection: PoolConnectionID, limits: ReplyLimits) {
        self.source = source
        self.connection = connection
        self.assembler = ReplyAssembler(limits: limits)
    }

    /// Messages that can be begun before a reply comes.
    var room: Int {
        self.lengthInFlight < Self.maximumLengthInFlight
            ? max(0, self.source.maximumInFlight - self.flights.count) : 0
    }

    /// Takes note of what is finished, and fetches messages.
    func fetch(atMost count: Int) {
        self.source.take(self.connection, atMost: count, finished: self.tally, into: &self.taken)
        self.tally = ParcelTally()
        self.ready.append(contentsOf: self.taken)
        self.taken.removeAll(keepingCapacity: true)
    }

    func append(_ flight: Flight) {
        self.lengthInFlight += flight.length
        self.flights.append(flight)
    }

    func removeFirst() -> Flight? {
        guard let flight = self.flights.popFirst() else { return nil }
        self.lengthInFlight -= flight.length
        return flight
    }

    func finish(_ parcel: Parcel, _ result: Result<SendReceipt, SMTPError>) {
        if case .success = result { self.tally.accepted += 1 } else { self.tally.failed += 1 }
        self.outcomes.append(ParcelOutcome(parcel: parcel, result: result))
    }
}
