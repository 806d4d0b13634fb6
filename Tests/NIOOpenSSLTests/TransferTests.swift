import COpenSSL
import NIOCore
import NIOEmbedded
import Testing

@testable import NIOOpenSSL

@Suite("Transfer")
struct TransferTests {
    private static let versions: [TLSVersion] = [.tls12, .tls13]

    private func pair(_ version: TLSVersion) throws -> Pair {
        try Pair.established { client, _ in client.maximumVersion = version }
    }

    @Test(
        "writes of any size arrive as they were",
        arguments: versions,
        [0, 1, 4_095, 16_384, 16_385, 300_000]
    )
    func sizes(version: TLSVersion, size: Int) throws {
        let pair = try self.pair(version)
        let octets = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        let written = pair.client.channel.writeAndFlush(ByteBuffer(bytes: octets))
        try pair.pump(step: 1_000)
        try written.wait()
        #expect(Array(pair.server.recorder.octets.readableBytesView) == octets)
    }

    @Test("a flush of many small writes shares records and one write to the network")
    func smallWrites() throws {
        let pair = try self.pair(.tls13)
        var promises: [EventLoopFuture<Void>] = []
        for index in 0..<1_000 {
            promises.append(pair.client.channel.write(ByteBuffer(bytes: [UInt8(truncatingIfNeeded: index)])))
        }
        pair.client.channel.flush()
        for promise in promises { try promise.wait() }
        let first = try #require(try pair.client.channel.readOutbound(as: ByteBuffer.self))
        #expect(try pair.client.channel.readOutbound(as: ByteBuffer.self) == nil)
        // One record: 5 octets of header, 1 of type, 16 of authentication.
        #expect(first.readableBytes == 1_022)
        pair.server.receive(first)
        #expect(pair.server.recorder.octets.readableBytes == 1_000)
    }

    @Test("what is written stays back until it is flushed")
    func unflushed() throws {
        let pair = try self.pair(.tls13)
        pair.client.channel.write(ByteBuffer(string: "a"), promise: nil)
        #expect(try pair.client.takeOutput().readableBytes == 0)
        pair.client.channel.flush()
        #expect(try pair.client.takeOutput().readableBytes > 0)
    }

    @Test("a promise is kept when its octets have left, in order")
    func promises() throws {
        let pair = try self.pair(.tls13)
        let dam = Dam()
        try pair.client.channel.pipeline.syncOperations.addHandler(dam, position: .first)
        var done: [Int] = []
        for (index, size) in [10, 40_000, 0, 600_000, 3].enumerated() {
            let written = pair.client.channel.write(ByteBuffer(repeating: 1, count: size))
            written.assumeIsolated().whenSuccess { done.append(index) }
        }
        pair.client.channel.flush()
        #expect(done.isEmpty)
        dam.open()
        #expect(done == [0, 1, 2, 3, 4])
        pair.server.receive(dam.octets)
        #expect(pair.server.recorder.octets.readableBytes == 640_013)
    }

    @Test("a write made when another is done follows it")
    func reentrantWrite() throws {
        let pair = try self.pair(.tls13)
        let channel = pair.client.channel
        channel.writeAndFlush(ByteBuffer(string: "first ")).assumeIsolated().whenSuccess {
            channel.writeAndFlush(ByteBuffer(string: "second"), promise: nil)
        }
        try pair.pump()
        #expect(pair.server.recorder.text == "first second")
    }

    @Test("H2 what an earlier call has left in OpenSSL's queue belongs to no connection", arguments: versions)
    func errorQueue(version: TLSVersion) throws {
        let authority = try CertificateAuthority()
        var client = TLSConfiguration()
        client.trustRoots = authority.trustRoots
        client.maximumVersion = version
        let server = TLSServerConfiguration(
            identity: try authority.issue(dnsNames: ["mail.example.org"]).identity
        )
        Self.leaveError()
        let pair = try Pair(client, server)
        Self.leaveError()
        try pair.pump(step: 50)
        Self.leaveError()
        pair.client.write("NOOP\r\n")
        Self.leaveError()
        try pair.pump(step: 3)
        #expect(pair.server.recorder.text == "NOOP\r\n")
        #expect(pair.client.recorder.errors.isEmpty)

        // A failure tells its own cause and leaves nothing behind.
        let other = try self.pair(version)
        Self.leaveError()
        other.client.receive(
            ByteBuffer(bytes: [0x17, 0x03, 0x03, 0x00, 0x13] + [UInt8](repeating: 1, count: 19))
        )
        let text = try #require(other.client.recorder.tlsErrors.first?.openSSLText)
        #expect(!text.contains("header too long") && !text.contains("asn1"))
        #expect(ERR_peek_error() == 0)
        pair.server.write("250 ok\r\n")
        try pair.pump()
        #expect(pair.client.recorder.text == "250 ok\r\n")
    }

    @Test("S-A2 a peer that makes us answer and does not read cannot fill the memory")
    func answers() throws {
        let pair = try self.pair(.tls13)
        let dam = Dam()
        try pair.client.channel.pipeline.syncOperations.addHandler(dam, position: .first)
        let server = pair.server.handler.connection
        var rounds = 0
        while pair.client.channel.isActive, rounds < 10_000 {
            rounds += 1
            // Ask for a key update in return (RFC 8446, section 4.6.3).
            // The SSL lives as long as the pair.
            #expect(unsafe SSL_key_update(server.pointer, SSL_KEY_UPDATE_REQUESTED) == 1)
            _ = server.handshake()
            var octets = ByteBuffer()
            _ = server.drain(into: &octets)
            pair.client.receive(octets)
            pair.client.channel.embeddedEventLoop.advanceTime(by: .milliseconds(1))
        }
        #expect(!pair.client.channel.isActive)
        #expect(dam.octets.readableBytes < 70_000)
        #expect(pair.client.recorder.tlsErrors.map(\.code) == [.protocolViolation])
    }

    private static func leaveError() {
        let octets: [UInt8] = [0x30, 0x84]
        // The pointer is used within the call alone.
        unsafe octets.withUnsafeBufferPointer { buffer in
            var position = buffer.baseAddress
            // As above.
            #expect(unsafe d2i_X509(nil, &position, buffer.count) == nil)
        }
        #expect(ERR_peek_error() != 0)
    }
}
