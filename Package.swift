// swift-tools-version: 6.2
import PackageDescription

let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .strictMemorySafety(),
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),  // SE-0335
    .enableUpcomingFeature("InternalImportsByDefault"),  // SE-0409
    .enableUpcomingFeature("MemberImportVisibility"),  // SE-0444
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),  // SE-0461
    .enableUpcomingFeature("InferIsolatedConformances"),  // SE-0470
]

let nioCore: Target.Dependency = .product(name: "NIOCore", package: "swift-nio")
let nioPosix: Target.Dependency = .product(name: "NIOPosix", package: "swift-nio")
let nioEmbedded: Target.Dependency = .product(name: "NIOEmbedded", package: "swift-nio")
let nioLocks: Target.Dependency = .product(name: "NIOConcurrencyHelpers", package: "swift-nio")
let nioFiles: Target.Dependency = .product(name: "_NIOFileSystem", package: "swift-nio")
let argumentParser: Target.Dependency = .product(name: "ArgumentParser", package: "swift-argument-parser")
// It has no iOS and its relatives, where no program can be started.
let subprocess: Target.Dependency = .product(
    name: "Subprocess",
    package: "swift-subprocess",
    condition: .when(platforms: [.linux, .macOS])
)
let deque: Target.Dependency = .product(name: "DequeModule", package: "swift-collections")
let logging: Target.Dependency = .product(name: "Logging", package: "swift-log")
let inMemoryLogging: Target.Dependency = .product(name: "InMemoryLogging", package: "swift-log")
let metrics: Target.Dependency = .product(name: "CoreMetrics", package: "swift-metrics")
let metricsTestKit: Target.Dependency = .product(name: "MetricsTestKit", package: "swift-metrics")
let tracing: Target.Dependency = .product(name: "Tracing", package: "swift-distributed-tracing")
let inMemoryTracing: Target.Dependency = .product(
    name: "InMemoryTracing",
    package: "swift-distributed-tracing"
)
let lifecycle: Target.Dependency = .product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
let lifecycleTestKit: Target.Dependency = .product(
    name: "ServiceLifecycleTestKit",
    package: "swift-service-lifecycle"
)

let package = Package(
    name: "async-smtp",
    platforms: [.macOS(.v15), .iOS(.v18), .tvOS(.v18), .watchOS(.v11), .visionOS(.v2)],
    products: [
        .library(name: "AsyncSMTP", targets: ["AsyncSMTP"]),
        .library(name: "SMTPTestServer", targets: ["SMTPTestServer"]),
        .executable(name: "smtp", targets: ["smtp"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-nio.git", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-collections.git", from: "1.6.0"),
        .package(url: "https://github.com/apple/swift-argument-parser.git", from: "1.6.0"),
        .package(url: "https://github.com/apple/swift-log.git", from: "1.6.0"),
        .package(url: "https://github.com/apple/swift-metrics.git", from: "2.5.0"),
        .package(url: "https://github.com/apple/swift-distributed-tracing.git", from: "1.1.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle.git", from: "2.6.0"),
        .package(url: "https://github.com/swiftlang/swift-subprocess.git", from: "1.0.2", traits: []),
    ],
    targets: [
        .target(name: "MailAddress", swiftSettings: strict),
        .target(name: "TransferEncoding", swiftSettings: strict),
        .target(
            name: "SMTPCore",
            dependencies: ["MailAddress", "TransferEncoding", nioCore],
            swiftSettings: strict
        ),
        .target(
            name: "MailMessage",
            dependencies: ["MailAddress", "SMTPCore", "TransferEncoding", nioCore, nioLocks, nioFiles],
            swiftSettings: strict
        ),
        .systemLibrary(
            name: "COpenSSL",
            pkgConfig: "openssl",
            providers: [.apt(["libssl-dev"]), .yum(["openssl-devel"]), .brew(["openssl@3"])]
        ),
        .target(name: "COpenSSLShims", dependencies: ["COpenSSL"]),
        .target(
            name: "OpenSSLCrypto",
            dependencies: ["COpenSSL", "COpenSSLShims", nioLocks],
            swiftSettings: strict
        ),
        .target(
            name: "NIOOpenSSL",
            dependencies: ["OpenSSLCrypto", "COpenSSL", "COpenSSLShims", nioCore, nioLocks],
            swiftSettings: strict
        ),
        .target(
            name: "SASL",
            dependencies: ["OpenSSLCrypto", "TransferEncoding", nioLocks],
            swiftSettings: strict
        ),
        .target(
            name: "DKIM",
            dependencies: ["OpenSSLCrypto", "TransferEncoding", "MailAddress", nioCore],
            swiftSettings: strict
        ),
        .target(
            name: "AsyncSMTP",
            dependencies: [
                "SMTPCore", "SASL", "MailAddress", "MailMessage", "DKIM", "NIOOpenSSL", "OpenSSLCrypto",
                "TransferEncoding", nioCore, nioPosix, nioLocks, nioFiles, deque, logging, metrics, tracing,
                lifecycle, subprocess,
            ],
            swiftSettings: strict
        ),
        .target(
            name: "SMTPTestServer",
            dependencies: ["NIOOpenSSL", "OpenSSLCrypto", nioCore, nioPosix, nioLocks],
            swiftSettings: strict
        ),
        .executableTarget(
            name: "smtp",
            dependencies: ["AsyncSMTP", "SMTPTestServer", nioCore, argumentParser, metrics],
            swiftSettings: strict
        ),
        .executableTarget(
            name: "Quickstart",
            dependencies: ["AsyncSMTP", "SMTPTestServer"],
            path: "Examples/Quickstart",
            swiftSettings: strict
        ),
        .executableTarget(
            name: "Newsletter",
            dependencies: ["AsyncSMTP", "SMTPTestServer"],
            path: "Examples/Newsletter",
            swiftSettings: strict
        ),
        .executableTarget(
            name: "Messages",
            dependencies: ["AsyncSMTP", "SMTPTestServer"],
            path: "Examples/Messages",
            swiftSettings: strict
        ),
        .executableTarget(
            name: "OwnMechanism",
            dependencies: ["AsyncSMTP", "SMTPTestServer"],
            path: "Examples/OwnMechanism",
            swiftSettings: strict
        ),
        .executableTarget(
            name: "Transports",
            dependencies: ["AsyncSMTP"],
            path: "Examples/Transports",
            swiftSettings: strict
        ),
        .executableTarget(
            name: "LoadClient",
            dependencies: ["AsyncSMTP"],
            path: "Examples/LoadClient",
            swiftSettings: strict
        ),
        .testTarget(name: "MailAddressTests", dependencies: ["MailAddress"], swiftSettings: strict),
        .testTarget(
            name: "SMTPCoreTests",
            dependencies: ["SMTPCore", "MailAddress", nioCore],
            swiftSettings: strict
        ),
        .testTarget(
            name: "OpenSSLCryptoTests",
            dependencies: ["OpenSSLCrypto", "COpenSSL", nioLocks],
            swiftSettings: strict
        ),
        .testTarget(
            name: "NIOOpenSSLTests",
            dependencies: ["NIOOpenSSL", "OpenSSLCrypto", "COpenSSL", nioCore, nioPosix, nioEmbedded],
            swiftSettings: strict
        ),
        .testTarget(
            name: "SASLTests",
            dependencies: ["SASL", "OpenSSLCrypto", "TransferEncoding", nioLocks],
            swiftSettings: strict
        ),
        .testTarget(
            name: "DKIMTests",
            dependencies: ["DKIM", "OpenSSLCrypto", "TransferEncoding", nioCore],
            swiftSettings: strict
        ),
        .testTarget(
            name: "TransferEncodingTests",
            dependencies: ["TransferEncoding"],
            swiftSettings: strict
        ),
        .testTarget(
            name: "MailMessageTests",
            dependencies: ["MailMessage", "MailAddress", "TransferEncoding", nioCore],
            swiftSettings: strict
        ),
        .executableTarget(
            name: "MemoryProbe",
            dependencies: ["AsyncSMTP", "SMTPTestServer", nioCore, nioPosix],
            path: "Tests/MemoryProbe",
            swiftSettings: strict
        ),
        .executableTarget(
            name: "MessageSoak",
            dependencies: ["AsyncSMTP", "SMTPTestServer"],
            path: "Tests/MessageSoak",
            swiftSettings: strict
        ),
        .executableTarget(
            name: "MicroBenchmarks",
            dependencies: [
                "AsyncSMTP", "DKIM", "MailMessage", "SMTPCore", "MailAddress", "TransferEncoding", nioCore,
            ],
            path: "Tests/MicroBenchmarks",
            exclude: ["cold_start.py", "transfer_encodings.py"],
            swiftSettings: strict
        ),
        .executableTarget(
            name: "TLSSoak",
            dependencies: ["AsyncSMTP", "SMTPTestServer", "COpenSSL"],
            path: "Tests/TLSSoak",
            swiftSettings: strict
        ),
        .testTarget(
            name: "AsyncSMTPTests",
            dependencies: [
                "AsyncSMTP", "SMTPTestServer", "MemoryProbe", "OwnMechanism", "NIOOpenSSL", "OpenSSLCrypto",
                "TransferEncoding", nioCore, nioPosix, nioLocks, nioFiles, nioEmbedded, logging,
                inMemoryLogging, metrics, metricsTestKit, tracing, inMemoryTracing, lifecycle,
                lifecycleTestKit,
            ],
            swiftSettings: strict
        ),
        .testTarget(
            name: "SMTPTestServerTests",
            dependencies: ["SMTPTestServer", "NIOOpenSSL", "OpenSSLCrypto", nioCore, nioPosix],
            swiftSettings: strict
        ),
        .testTarget(
            name: "SMTPToolTests",
            dependencies: ["smtp", "AsyncSMTP", "SMTPTestServer", "NIOOpenSSL", "OpenSSLCrypto"],
            exclude: ["Documentation/worked_commands.py"],
            swiftSettings: strict
        ),
        .testTarget(name: "ProjectTests", swiftSettings: strict),
    ]
)
