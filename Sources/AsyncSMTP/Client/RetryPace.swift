/// How soon something may be tried again.
enum RetryPace: Sendable, Hashable {
    /// At once, every time.
    case atOnce
    /// At once behind the first attempt, with growing delays behind the others.
    case atOnceFirst
    /// With growing delays.
    case backOff
    /// With growing delays, none of them shorter than this.
    case atLeast(Duration)

    /// Time to wait behind a failed attempt, counted from 1.
    func delay(attempt: Int, backOff: BackOff, random: Double) -> Duration {
        let growing = backOff.delay(attempt: attempt - 1, random: random)
        return switch self {
        case .atOnce: .zero
        case .atOnceFirst: attempt <= 1 ? .zero : growing
        case .backOff: growing
        case .atLeast(let least): max(least, growing)
        }
    }
}
