internal import AsyncSMTP
internal import Benchmark

/// What the public interface costs: addresses, envelopes, and a thousand messages through a server in process.
let benchmarks: @Sendable () -> Void = {
    let metrics: [BenchmarkMetric] = [.wallClock, .throughput, .cpuTotal]
    let small = Benchmark.Configuration(metrics: metrics, scalingFactor: .kilo)
    let large = Benchmark.Configuration(
        metrics: metrics,
        timeUnits: .milliseconds,
        maxDuration: .seconds(5),
        maxIterations: 50
    )

    Benchmark("Address, plain", configuration: small) { benchmark in
        for _ in benchmark.scaledIterations { blackHole(try EmailAddress("some.body@mail.example.org")) }
    }
    Benchmark("Address, quoted, with a domain outside ASCII", configuration: small) { benchmark in
        for _ in benchmark.scaledIterations { blackHole(try EmailAddress("\"some body\"@bücher.example")) }
    }
    Benchmark("Address list, ten mailboxes with names", configuration: small) { benchmark in
        let list = (0..<10).map { "Some Body <some.body\($0)@example.org>" }.joined(separator: ", ")
        let parser = AddressListParser()
        for _ in benchmark.scaledIterations { blackHole(try parser.parse(list)) }
    }
    Benchmark("Envelope, ten recipients", configuration: small) { benchmark in
        let recipients = (0..<10).map { "some.body\($0)@example.org" }
        for _ in benchmark.scaledIterations {
            blackHole(try Envelope(from: "sender@example.org", to: recipients))
        }
    }
    Benchmark("1 000 messages of 1 KiB, DATA", configuration: large) { benchmark in
        try await Loopback.send(1_000, usesChunking: false, measured: benchmark)
    }
    Benchmark("1 000 messages of 1 KiB, chunking", configuration: large) { benchmark in
        try await Loopback.send(1_000, usesChunking: true, measured: benchmark)
    }
}
