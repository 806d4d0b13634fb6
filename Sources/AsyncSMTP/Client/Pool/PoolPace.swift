internal import NIOCore

/// How fast a pool may go: its rate limit, its pauses, and how many connections the server seems to allow.
struct PoolPace: Sendable {
    /// Most connections for now.
    private(set) var cap: Int
    /// Until then the rate limit gives out nothing.
    private(set) var rateUntil = NIODeadline.distantPast
    /// Until then no messages are given out and no connections are opened.
    private(set) var pauseUntil = NIODeadline.distantPast
    /// Until then no connections are opened.
    private(set) var growthUntil = NIODeadline.distantPast

    private let backOff: BackOff?
    private let maximumConnections: Int
    private var messages: TokenBucket?
    private var recipients: TokenBucket?
    /// Pauses since a message was accepted.
    private var attempt = 0
    /// Whether the pause is over as soon as a connection opens.
    private var endsWhenOpened = false
    /// Connections that could not be opened since one could.
    private var openFailures = 0
    private var capRaise = NIODeadline.distantFuture
    private var capDelay = Duration.zero

    init(_ configuration: PoolConfiguration) {
        self.maximumConnections = max(1, configuration.maximumConnections)
        self.cap = self.maximumConnections
        self.backOff = configuration.backOff
        if let limit = configuration.rateLimit {
            self.messages = limit.messages(at: .uptimeNanoseconds(0))
            self.recipients = limit.recipients(at: .uptimeNanoseconds(0))
        }
    }

    /// Whether messages are given out.
    func gives(at now: NIODeadline) -> Bool { now >= self.pauseUntil && now >= self.rateUntil }

    /// Whether connections are opened.
    func grows(at now: NIODeadline) -> Bool { now >= self.pauseUntil && now >= self.growthUntil }

    func isPaused(at now: NIODeadline) -> Bool { now < self.pauseUntil }

    /// Earliest time behind `now` at which something changes.
    func nextChange(after now: NIODeadline) -> NIODeadline {
        var next = self.capRaise
        for time in [self.rateUntil, self.pauseUntil, self.growthUntil] where time > now {
            next = min(next, time)
        }
        return next
    }

    /// Takes what a message costs; if it is not there, nothing is given out until it is.
    mutating func pay(recipients count: Int, now: NIODeadline) -> Bool {
        if self.messages == nil, self.recipients == nil { return true }
        let time = max(
            self.messages?.time(until: 1, from: now) ?? now,
            self.recipients?.time(until: count, from: now) ?? now
        )
        guard time <= now else {
            self.rateUntil = time
            return false
        }
        _ = self.messages?.take(1, at: now)
        _ = self.recipients?.take(count, at: now)
        return true
    }

    /// A message was accepted: delays start anew.
    mutating func accepted() { self.attempt = 0 }

    mutating func opened() {
        self.openFailures = 0
        self.growthUntil = .distantPast
        if self.endsWhenOpened { self.pauseUntil = .distantPast }
        self.endsWhenOpened = false
    }

    /// Pauses; a pause that lasts already is not made longer.
    mutating func pause(endsWhenOpened: Bool, random: Double, now: NIODeadline) {
        guard let backOff else { return }
        if self.isPaused(at: now) {
            self.endsWhenOpened = self.endsWhenOpened && endsWhenOpened
            return
        }
        let delay = backOff.delay(attempt: self.attempt, random: random)
        self.attempt += 1
        self.capDelay = delay
        self.pauseUntil = now.advanced(by: delay)
        self.endsWhenOpened = endsWhenOpened
    }

    /// Opens no more than so many connections for now; one more behind each delay.
    mutating func limit(to count: Int) {
        guard self.backOff != nil else { return }
        self.cap = min(self.cap, max(1, count))
        self.capRaise = self.cap < self.maximumConnections ? self.pauseUntil : .distantFuture
    }

    /// Opens no further connections for a while, if there are some to go on with.
    mutating func openFailed(hasOthers: Bool, random: Double, now: NIODeadline) {
        guard hasOthers else {
            self.growthUntil = .distantPast
            return
        }
        let delay = (self.backOff ?? BackOff()).delay(attempt: self.openFailures, random: random)
        self.openFailures += 1
        self.growthUntil = now.advanced(by: delay)
    }

    /// Allows one more connection if it is time.
    mutating func raiseCap(now: NIODeadline) {
        guard self.capRaise <= now else { return }
        self.cap = min(self.cap + 1, self.maximumConnections)
        // A delay of nothing must not let the time stand still.
        let delay = max(self.capDelay, .milliseconds(1))
        self.capRaise = self.cap < self.maximumConnections ? now.advanced(by: delay) : .distantFuture
    }
}
