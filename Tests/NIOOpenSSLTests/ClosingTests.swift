import NIOCore
import NIOEmbedded
import Testing

@testable import NIOOpenSSL

@Suite("Closing")
struct ClosingTests {
    private static let versions: [TLSVersion] = [.tls12, .tls13]

    private func pair(_ version: TLSVersion) throws -> Pair {
        try Pair.established { client, _ in client.maximumVersion = version }
    }

    @Test("S-C6.1 H3 an end without close_notify is reported after what came", arguments: versions)
    func truncation(version: TLSVersion) throws {
        let pair = try self.pair(version)
        pair.server.write("250-a\r\n250-AUTH PLAIN\r\n")
        try pair.pump()
        pair.client.end()
        #expect(pair.client.recorder.text == "250-a\r\n250-AUTH PLAIN\r\n")
        #expect(pair.client.recorder.order.prefix(3) == ["octets", "error", "inactive"])
        #expect(pair.client.recorder.tlsErrors.map(\.code) == [.truncated])
    }

    @Test("S-C6.1 half a record before the end is no octet", arguments: versions)
    func halfARecord(version: TLSVersion) throws {
        let pair = try self.pair(version)
        pair.server.write("250 ok\r\n")
        var record = try pair.server.takeOutput()
        let half = record.readSlice(length: record.readableBytes - 1)
        pair.client.receive(try #require(half))
        pair.client.end()
        #expect(pair.client.recorder.octets.readableBytes == 0)
        #expect(pair.client.recorder.tlsErrors.map(\.code) == [.truncated])
    }

    @Test("S-C6 an end of the input alone counts the same")
    func inputClosed() throws {
        let pair = try self.pair(.tls13)
        pair.client.channel.pipeline.fireUserInboundEventTriggered(ChannelEvent.inputClosed)
        #expect(pair.client.recorder.tlsErrors.map(\.code) == [.truncated])
        pair.client.channel.embeddedEventLoop.run()
        #expect(!pair.client.channel.isActive)
    }

    @Test("R8314-1 a close sends close_notify, and the other side sees an orderly end", arguments: versions)
    func closeNotify(version: TLSVersion) throws {
        let pair = try self.pair(version)
        pair.client.write("QUIT\r\n")
        try pair.client.channel.close().wait()
        // close_notify is not waited for.
        #expect(!pair.client.channel.isActive)
        try pair.pump()
        #expect(pair.server.recorder.text == "QUIT\r\n")
        #expect(pair.server.recorder.order == ["octets", "inactive"])
        #expect(!pair.server.channel.isActive)
        #expect(pair.client.recorder.errors.isEmpty)
    }

    @Test("a close drops what was not flushed")
    func unflushed() throws {
        let pair = try self.pair(.tls13)
        let written = pair.client.channel.write(ByteBuffer(string: "NOOP\r\n"))
        try pair.client.channel.close().wait()
        #expect(throws: ChannelError.ioOnClosedChannel) { try written.wait() }
        try pair.pump()
        #expect(pair.server.recorder.octets.readableBytes == 0)
    }

    @Test("close_notify right behind octets: they come first", arguments: versions)
    func octetsThenEnd(version: TLSVersion) throws {
        let pair = try self.pair(version)
        pair.server.write("221 bye\r\n")
        try pair.server.channel.close().wait()
        let octets = try pair.server.takeOutput()
        pair.client.receive(octets)
        pair.client.channel.embeddedEventLoop.run()
        #expect(pair.client.recorder.text == "221 bye\r\n")
        #expect(pair.client.recorder.order == ["octets", "inactive"])
    }

    @Test("closing the output alone leaves the input open", arguments: versions)
    func outputOnly(version: TLSVersion) throws {
        let pair = try self.pair(version)
        let network = HalfClose()
        try pair.client.channel.pipeline.syncOperations.addHandler(network, position: .first)
        let written = pair.client.channel.writeAndFlush(ByteBuffer(string: "last\r\n"))
        try pair.client.channel.close(mode: .output).wait()
        try written.wait()
        #expect(network.isOutputClosed)
        #expect(throws: ChannelError.outputClosed) {
            try pair.client.channel.writeAndFlush(ByteBuffer(string: "more\r\n")).wait()
        }
        let octets = try pair.client.takeOutput()
        pair.server.write("answer\r\n")
        let answer = try pair.server.takeOutput()
        pair.server.receive(octets)
        #expect(pair.server.recorder.text == "last\r\n")
        #expect(pair.server.recorder.errors.isEmpty)
        pair.client.receive(answer)
        #expect(pair.client.recorder.text == "answer\r\n")
        #expect(pair.client.recorder.errors.isEmpty)
    }

    @Test("a close waits a limited time for a network that takes nothing")
    func boundedClose() throws {
        let pair = try self.pair(.tls13)
        let dam = Dam()
        try pair.client.channel.pipeline.syncOperations.addHandler(dam, position: .first)
        let closed = pair.client.channel.close()
        #expect(pair.client.channel.isActive)
        pair.client.channel.embeddedEventLoop.advanceTime(by: .milliseconds(999))
        #expect(pair.client.channel.isActive)
        pair.client.channel.embeddedEventLoop.advanceTime(by: .milliseconds(1))
        #expect(!pair.client.channel.isActive)
        try closed.wait()
    }

    @Test(
        "S-E8 a connection that is abandoned closes at once, and what has not left it does not leave any more"
    )
    func abandoned() throws {
        let pair = try self.pair(.tls13)
        let dam = Dam()
        try pair.client.channel.pipeline.syncOperations.addHandler(dam, position: .first)
        let delivered = pair.client.channel.eventLoop.makePromise(of: Void.self)
        pair.client.channel.writeAndFlush(ByteBuffer(string: "the end\r\n.\r\n"), promise: delivered)
        let written = dam.octets.readableBytes
        pair.client.channel.pipeline.triggerUserOutboundEvent(TLSHandler.Abandonment(), promise: nil)
        pair.client.channel.close(promise: nil)
        #expect(!pair.client.channel.isActive)
        #expect(dam.octets.readableBytes == written, "no close_notify either")
        pair.client.channel.embeddedEventLoop.run()
        #expect(throws: ChannelError.self) { try delivered.futureResult.wait() }
    }

    @Test("who hears that a write has failed may write again")
    func writingWhenAWriteFails() throws {
        let authority = try CertificateAuthority()
        let identity = try authority.issue(dnsNames: ["mail.example.org"]).identity
        let pair = try Pair(TLSConfiguration(), TLSServerConfiguration(identity: identity))
        let channel = pair.client.channel
        let first = channel.eventLoop.makePromise(of: Void.self)
        let second = channel.eventLoop.makePromise(of: Void.self)
        first.futureResult.whenFailure { _ in
            channel.writeAndFlush(ByteBuffer(string: "again"), promise: second)
        }
        channel.writeAndFlush(ByteBuffer(string: "once"), promise: first)
        pair.client.receive(ByteBuffer(string: "220 in clear\r\n"))
        #expect(pair.client.failure?.code == .plaintextPeer)
        #expect(throws: ChannelError.self) { try second.futureResult.wait() }
    }

    @Test("a close is over as soon as the network has taken everything")
    func promptClose() throws {
        let pair = try self.pair(.tls13)
        let dam = Dam()
        try pair.client.channel.pipeline.syncOperations.addHandler(dam, position: .first)
        let closed = pair.client.channel.close()
        #expect(pair.client.channel.isActive)
        dam.open()
        #expect(!pair.client.channel.isActive)
        try closed.wait()
    }

    @Test("a changed record after the handshake ends the connection with an alert", arguments: versions)
    func badRecord(version: TLSVersion) throws {
        let pair = try self.pair(version)
        pair.server.write("250 ok\r\n")
        var record = Array(try pair.server.takeOutput().readableBytesView)
        record[record.count - 1] ^= 1
        pair.client.receive(ByteBuffer(bytes: record))
        #expect(pair.client.recorder.octets.readableBytes == 0)
        #expect(pair.client.recorder.tlsErrors.map(\.code) == [.protocolViolation])
        #expect(!pair.client.channel.isActive)
        pair.server.receive(try pair.client.takeOutput())
        #expect(pair.server.recorder.tlsErrors.map(\.alert) == ["bad record mac"])
    }

    @Test("octets that come after the end are dropped")
    func afterTheEnd() throws {
        let pair = try self.pair(.tls13)
        pair.server.write("250 ok\r\n")
        let octets = try pair.server.takeOutput()
        pair.client.channel.close(promise: nil)
        pair.client.channel.pipeline.fireChannelRead(octets)
        #expect(pair.client.recorder.octets.readableBytes == 0)
        #expect(pair.client.recorder.errors.isEmpty)
    }

    @Test("a handler taken out fails what was written")
    func removed() throws {
        let context = try TLSContext(client: TLSConfiguration())
        let side = try Side {
            try TLSHandler(client: context, peerName: "mail.example.org", port: 465, eventLoop: $0)
        }
        let written = side.channel.writeAndFlush(ByteBuffer(string: "x"))
        _ = try? side.channel.finish()
        side.channel.embeddedEventLoop.run()
        #expect(side.failure?.code == .closed)
        #expect(throws: ChannelError.self) { try written.wait() }
    }
}
