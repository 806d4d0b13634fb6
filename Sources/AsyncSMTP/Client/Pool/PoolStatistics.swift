/// What a pool holds at a moment.
package struct PoolStatistics: Sendable, Hashable {
    /// Messages that wait for a connection.
    package var waiting = 0
    /// Messages that connections have taken and not finished.
    package var inFlight = 0
    /// Connections that are open, with those that only finish what they have.
    package var open = 0
    /// Connections that are being opened.
    package var opening = 0
    /// Connections that are being closed.
    package var closing = 0
    /// Open connections with nothing in flight.
    package var idle = 0
}
