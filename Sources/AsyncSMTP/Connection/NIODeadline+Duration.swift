internal import NIOCore

extension NIODeadline {
    /// This time and `duration`; the distant future where that is out of range.
    func advanced(by duration: Duration) -> NIODeadline {
        let nanoseconds = duration / Duration.nanoseconds(1)
        guard nanoseconds < 9e17 else { return .distantFuture }
        return self + .nanoseconds(Int64(max(nanoseconds, 0)))
    }

    /// Time from `earlier` to this time.
    func since(_ earlier: NIODeadline) -> Duration {
        .nanoseconds((self - earlier).nanoseconds)
    }
}
