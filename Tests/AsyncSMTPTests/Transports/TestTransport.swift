import AsyncSMTP
import Foundation
import NIOConcurrencyHelpers
import NIOCore
import NIOPosix
import SMTPTestServer
import Testing

/// A way to reach the embedded server.
enum TestTransport: String, CaseIterable, Sendable, CustomTestStringConvertible {
    case ipv4 = "IPv4"
    case ipv6 = "IPv6"
    case unixSocket = "Unix socket"

    var testDescription: String { self.rawValue }

    var endpoint: SMTPTestServer.Endpoint {
        switch self {
        case .ipv4: .loopbackIPv4
        case .ipv6: .loopbackIPv6
        case .unixSocket: .unixSocket
        }
    }

    /// Whether an address of this machine can be listened at.
    static func canBind(_ address: String) async -> Bool {
        guard
            let channel = try? await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                .bind(host: address, port: 0).get()
        else { return false }
        try? await channel.close()
        return true
    }

    /// Ports given out by ``closedPort()``.
    private static let lastPort = NIOLockedValueBox(
        20_000 + Int(ProcessInfo.processInfo.processIdentifier) % 10_000
    )

    /// A port of 127.0.0.1 where nobody listens, each time another one.
    ///
    /// It lies below those the system gives out by itself, so that no server of another test gets it.
    static func closedPort() async throws -> Int {
        while true {
            let port = Self.lastPort.withLockedValue { last in
                last += 1
                return last
            }
            let bootstrap = ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            guard let channel = try? await bootstrap.bind(host: "127.0.0.1", port: port).get() else {
                continue
            }
            try await channel.close()
            return port
        }
    }
}

extension SMTPServer {
    /// The embedded server.
    init(at server: SMTPTestServer, flavour: Flavour = .smtp) throws {
        if let path = server.unixSocketPath {
            self.init(unixSocket: path, flavour: flavour)
        } else {
            try self.init(host: server.host, port: server.port, tls: .plaintext, flavour: flavour)
        }
    }
}

/// A message for tests in which it does not matter.
enum AnyMessage {
    static let text = "Subject: transport\r\n\r\n.\r\nbody\r\n"

    static func envelope() throws -> Envelope {
        try Envelope(from: "a@client.example", to: ["b@server.example"])
    }

    static func raw() throws -> RawMessage {
        RawMessage(.text(Self.text), envelope: try Self.envelope())
    }
}
