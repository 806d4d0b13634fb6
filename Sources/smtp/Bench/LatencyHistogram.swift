/// How often times were measured, in fixed memory, whatever their number.
///
/// Each power of two is divided into 128 parts, so that a percentile is at most 0.8 % above the true one; the greatest
/// time is exact.
struct LatencyHistogram {
    /// Digits of a time that count.
    private static let precision = 7

    private var counts = [UInt64](repeating: 0, count: (65 - Self.precision) << Self.precision)
    private var total: UInt64 = 0
    private var greatest: UInt64 = 0

    /// The greatest time in seconds; nil without any.
    var maximum: Double? { self.total > 0 ? Double(self.greatest) / 1e9 : nil }

    /// Adds a time; a negative one counts as none.
    mutating func add(_ time: Duration) {
        let (seconds, attoseconds) = time.components
        let (whole, overflows) = UInt64(max(0, seconds)).multipliedReportingOverflow(by: 1_000_000_000)
        let nanoseconds = overflows ? .max : whole &+ UInt64(max(0, attoseconds) / 1_000_000_000)
        self.counts[Self.index(of: nanoseconds)] += 1
        self.total += 1
        self.greatest = max(self.greatest, nanoseconds)
    }

    /// The time in seconds that so much of all times, from 0 to 1, do not exceed; nil without any.
    func percentile(_ share: Double) -> Double? {
        guard self.total > 0 else { return nil }
        let rank = max(1, UInt64((Double(self.total) * share).rounded(.up)))
        var sum: UInt64 = 0
        for (index, count) in self.counts.enumerated() where count > 0 {
            sum += count
            if sum >= rank { return Double(min(Self.upperBound(of: index), self.greatest)) / 1e9 }
        }
        return self.maximum
    }

    /// Small times have a place each; of others the leading digits and their number make it.
    private static func index(of value: UInt64) -> Int {
        guard value >= 1 << Self.precision else { return Int(value) }
        let shift = UInt64.bitWidth - value.leadingZeroBitCount - 1 - Self.precision
        return (shift + 1) << Self.precision + Int(value >> UInt64(shift)) - 1 << Self.precision
    }

    private static func upperBound(of index: Int) -> UInt64 {
        guard index >= 1 << Self.precision else { return UInt64(index) }
        let shift = UInt64(index >> Self.precision - 1)
        let digits = UInt64(index & (1 << Self.precision - 1)) + 1 << UInt64(Self.precision)
        return digits << shift | (1 << shift - 1)
    }
}
