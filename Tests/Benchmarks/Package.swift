// swift-tools-version: 6.2
import PackageDescription

// A package of its own, so that users of the library do not resolve what only benchmarks need.
let package = Package(
    name: "async-smtp-benchmarks",
    platforms: [.macOS(.v15)],
    dependencies: [
        .package(name: "async-smtp", path: "../.."),
        .package(url: "https://github.com/ordo-one/benchmark.git", from: "1.31.0", traits: []),
    ],
    targets: [
        .executableTarget(
            name: "AsyncSMTPBenchmarks",
            dependencies: [
                .product(name: "AsyncSMTP", package: "async-smtp"),
                .product(name: "SMTPTestServer", package: "async-smtp"),
                .product(name: "Benchmark", package: "benchmark"),
            ],
            path: "Benchmarks/AsyncSMTPBenchmarks",
            swiftSettings: [
                .swiftLanguageMode(.v6),
                .strictMemorySafety(),
                .enableUpcomingFeature("ExistentialAny"),  // SE-0335
                .enableUpcomingFeature("InternalImportsByDefault"),  // SE-0409
                .enableUpcomingFeature("MemberImportVisibility"),  // SE-0444
                .enableUpcomingFeature("NonisolatedNonsendingByDefault"),  // SE-0461
            ],
            plugins: [.plugin(name: "BenchmarkPlugin", package: "benchmark")]
        )
    ]
)
