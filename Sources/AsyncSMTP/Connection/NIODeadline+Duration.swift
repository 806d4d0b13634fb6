internal import NIOCore

extension TimeAmount {
    /// A duration from zero to some thirty years; what lies outside becomes the nearer end.
    init(clamping duration: Duration) {
        let nanoseconds = duration / Duration.nanoseconds(1)
        self = .nanoseconds(Int64(min(max(nanoseconds, 0), 1e18)))
    }
}

extension NIODeadline {
    /// This time and `duration`.
    func advanced(by duration: Duration) -> NIODeadline {
        self + TimeAmount(clamping: duration)
    }

    /// Time from `earlier` to this time.
    func since(_ earlier: NIODeadline) -> Duration {
        .nanoseconds((self - earlier).nanoseconds)
    }
}
