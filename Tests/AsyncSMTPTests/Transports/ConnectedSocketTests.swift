import AsyncSMTP
import NIOCore
import SMTPTestServer
import Testing

#if canImport(Darwin)
import Darwin
#elseif canImport(Musl)
import Musl
#elseif canImport(Glibc)
import Glibc
#endif

@Suite("Transports: a socket that is connected already", .timeLimit(.minutes(20)))
struct ConnectedSocketTests {
    @Test("it is used as it is, and closed at the end", arguments: [TestTransport.ipv4, .unixSocket])
    func connected(transport: TestTransport) async throws {
        try await SMTPTestServer.withServer(.init(endpoint: transport.endpoint)) { server in
            let descriptor = try Self.connect(to: server)
            let target = SMTPServer(connectedSocket: descriptor)
            try await SMTPSession.withSession(to: target) { session in
                let receipt = try await session.send(.text(AnyMessage.text), envelope: AnyMessage.envelope())
                #expect(receipt.accepted.count == 1)
            }
            #expect(server.messages.map(\.text) == [AnyMessage.text])
            // The server sees the end only when the last descriptor of the connection is closed.
            try await server.waitForSessionsClosed(1)
            #expect(server.sessions.map(\.end) == [.quit])
        }
    }

    @Test("by LMTP")
    func lmtp() async throws {
        try await SMTPTestServer.withServer(.init(flavour: .lmtp)) { server in
            let target = SMTPServer(connectedSocket: try Self.connect(to: server), flavour: .lmtp)
            let receipt = try await SMTPClient.send(AnyMessage.raw(), through: target)
            #expect(receipt.negotiation.flavour == .lmtp)
            #expect(server.messageCount == 1)
            try await server.waitForSessionsClosed(1)
        }
    }

    @Test("cancelling closes it")
    func cancel() async throws {
        let gate = SMTPTestServer.Gate()
        let script: SMTPTestServer.Script = [.on(.connect, .hold(gate), .default)]
        try await SMTPTestServer.withServer(.init(script: script)) { server in
            let target = SMTPServer(connectedSocket: try Self.connect(to: server))
            try await gate.waitUntilReached()
            let task = Task { try await SMTPSession.connect(to: target) }
            task.cancel()
            let error = await #expect(throws: SMTPError.self) { try await task.value }
            #expect(error?.code == .cancelled)
            try await server.waitForSessionsClosed(1)
        }
    }

    @Test("a descriptor that is none is an error")
    func badDescriptor() async {
        let error = await #expect(throws: SMTPError.self) {
            try await SMTPSession.connect(to: SMTPServer(connectedSocket: -1))
        }
        #expect(error?.code == .cannotConnect || error?.code == .invalidArgument)
        #expect(error?.acceptance == .notAccepted)
    }

    @Test("it is taken over once: its number may belong to somebody else afterwards")
    func onlyOnce() async throws {
        let script: SMTPTestServer.Script = [
            .on(.command("MAIL", occurrence: 2), .reply("421 4.3.2 shutting down"), .close)
        ]
        try await SMTPTestServer.withServer(.init(script: script)) { server in
            let target = SMTPServer(connectedSocket: try Self.connect(to: server))
            try await SMTPClient.withClient(target) { client in
                let message = try AnyMessage.raw()
                try await client.send(message)
                // Found closed, which makes a client open another connection.
                let error = await #expect(throws: SMTPError.self) { try await client.send(message) }
                #expect(error?.acceptance != .unknown)
                await #expect(throws: SMTPError.self) { try await client.send(message) }
            }
            try await server.waitForSessionsClosed(1)
            #expect(server.messageCount == 1)
        }
    }

    /// A blocking socket, connected to the server.
    static func connect(to server: SMTPTestServer) throws -> CInt {
        #if canImport(Glibc)
        let stream = CInt(SOCK_STREAM.rawValue)
        #else
        let stream = SOCK_STREAM
        #endif
        let address =
            if let path = server.unixSocketPath {
                try SocketAddress(unixDomainSocketPath: path)
            } else {
                try SocketAddress(ipAddress: server.host, port: server.port)
            }
        let descriptor = socket(address.protocol == .unix ? AF_UNIX : AF_INET, stream, 0)
        // connect(2) takes its address by pointer, and has no other form.
        let status = unsafe address.withSockAddr { pointer, size in
            #if canImport(Darwin)
            unsafe Darwin.connect(descriptor, pointer, socklen_t(size))
            #elseif canImport(Musl)
            unsafe Musl.connect(descriptor, pointer, socklen_t(size))
            #else
            unsafe Glibc.connect(descriptor, pointer, socklen_t(size))
            #endif
        }
        try #require(status == 0)
        return descriptor
    }
}
