import Testing

@testable import smtp

@Suite("Percentiles from fixed memory")
struct LatencyHistogramTests {
    @Test("nothing has no percentile")
    func empty() {
        let histogram = LatencyHistogram()
        #expect(histogram.percentile(0.5) == nil)
        #expect(histogram.maximum == nil)
    }

    @Test(
        "at most 0.8 % above the true value, never below, whatever the magnitude",
        arguments: [1, 100, 128, 129, 255, 256, 1_000, 123_456, 1_000_000_007, 7_777_777_777_777] as [Int64]
    )
    func error(scale: Int64) throws {
        var histogram = LatencyHistogram()
        let times = (1...1_000).map { Int64($0) * scale }
        for time in times.shuffled() { histogram.add(.nanoseconds(time)) }
        for (share, rank) in [(0.001, 1), (0.5, 500), (0.99, 990), (0.999, 999), (1, 1_000)] {
            let exact = Double(times[rank - 1]) / 1e9
            let found = try #require(histogram.percentile(share))
            #expect(found >= exact * (1 - 1e-12))
            #expect(found <= exact * 1.0079)
        }
        #expect(histogram.maximum == Double(times[999]) / 1e9)
    }

    @Test(
        "one value is every percentile",
        arguments: [Duration.zero, .nanoseconds(1), .milliseconds(3), .seconds(9_000_000_000)]
    )
    func one(time: Duration) {
        var histogram = LatencyHistogram()
        histogram.add(time)
        for share in [0, 0.5, 1] { #expect(histogram.percentile(share) == time / .seconds(1)) }
    }

    @Test(
        "times beyond measure are taken",
        arguments: [(Duration.seconds(Int64.max), 1.8e10), (.seconds(-1), 0)]
    )
    func beyond(time: Duration, seconds: Double) throws {
        var histogram = LatencyHistogram()
        histogram.add(time)
        let maximum = try #require(histogram.maximum)
        #expect(maximum >= seconds)
        #expect(try #require(histogram.percentile(0.5)) <= maximum)
    }
}
