/// Sums over the connections of a pool, kept up to date so that a decision need not look at each.
struct PoolTally: Sendable, Hashable {
    /// All of them, closing ones too.
    var total = 0
    var opening = 0
    /// Those that take messages.
    var open = 0
    var retiring = 0
    var closing = 0
    /// Open ones with nothing in flight.
    var idle = 0
    var inFlight = 0
    /// Open ones with room.
    var withRoom = 0
    /// Open ones with room that were not told to take.
    var ready = 0
    /// Open ones that were told to take.
    var woken = 0

    /// Adds a connection as it is now, or with -1 takes away one as it was.
    mutating func count(_ connection: PoolConnection, maximumInFlight: Int, times sign: Int = 1) {
        switch connection.state {
        case .vacant: return
        case .opening: self.opening += sign
        case .open:
            self.open += sign
            if connection.inFlight == 0 { self.idle += sign }
            if connection.isWoken { self.woken += sign }
            if connection.room(maximumInFlight: maximumInFlight) > 0 {
                self.withRoom += sign
                if !connection.isWoken { self.ready += sign }
            }
        case .retiring: self.retiring += sign
        case .closing: self.closing += sign
        }
        self.total += sign
        self.inFlight += sign * connection.inFlight
    }
}
