/// What a server said that calls for going slower.
package enum PoolBackOffReason: Sendable, Hashable {
    /// It is too fast: 450 or 451 4.7.x, or 454 as the answer to content.
    case throttled
    /// It closes the connection: 421.
    ///
    /// Behind accepted messages it limits what one connection carries, which needs no pause; before the first it
    /// has too many connections.
    case closing(deliveredNothing: Bool)
    /// It has too many connections: 432.
    case tooManyConnections

    /// The reason in words.
    var words: StaticString {
        switch self {
        case .throttled: "too fast"
        case .closing: "server closing"
        case .tooManyConnections: "too many connections"
        }
    }
}
