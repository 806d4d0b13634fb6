import AsyncSMTP
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

    /// A port of 127.0.0.1 where nobody listens.
    static func closedPort() async throws -> Int {
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .bind(host: "127.0.0.1", port: 0).get()
        let port = try #require(channel.localAddress?.port)
        try await channel.close()
        return port
    }
}

extension SMTPServer {
    /// The embedded server.
    init(at server: SMTPTestServer, flavour: Flavour = .smtp) throws {
        if let path = server.unixSocketPath {
            self.init(unixSocket: path, flavour: flavour)
        } else {
            try self.init(host: server.host, port: server.port, flavour: flavour)
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
