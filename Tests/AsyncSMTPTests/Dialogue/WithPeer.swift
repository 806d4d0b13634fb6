import NIOCore
import NIOEmbedded
import NIOOpenSSL
import SMTPCore
import Testing

@testable import AsyncSMTP

/// How far a session has come when a test begins.
enum Progress {
    /// Nothing was read or written.
    case connected
    /// The greeting was read.
    case greeted
    /// EHLO or LHLO was answered with these extensions.
    case offered([String])

    static let offered = Progress.offered([])
}

/// Runs a test with a session on a testing channel, and closes the session.
func withPeer(
    _ progress: Progress = .offered,
    server: SMTPServer = SMTPServer(unixSocket: "/test"),
    configure: (inout SMTPConfiguration) -> Void = { _ in },
    _ body: (Peer) async throws -> Void
) async throws {
    var configuration = SMTPConfiguration()
    configuration.helloName = try HelloName("client.example")
    configure(&configuration)
    let peer = try await makePeer(server, configuration)
    do {
        try await withTaskCancellationHandler {
            try await bring(peer, to: progress)
            try await body(peer)
        } onCancel: {
            // A test that runs out of time must not wait for an operation that never ends.
            peer.channel.close(promise: nil)
        }
    } catch {
        await tearDown(peer)
        throw error
    }
    await tearDown(peer)
}

private func makePeer(_ server: SMTPServer, _ configuration: SMTPConfiguration) async throws -> Peer {
    let channel = NIOAsyncTestingChannel()
    let loop = channel.testingEventLoop
    // TLS of the session's own cannot lie within another.
    let link = server.tls == .plaintext ? Link.chosen : .clear
    let (wire, handler) = try await loop.executeInContext {
        let wire = Wire()
        let handler = SMTPChannelHandler(eventLoop: loop, limits: configuration.replyLimits)
        try channel.pipeline.syncOperations.addHandler(wire)
        if link != .clear {
            let context = try Link.contexts.get().client
            let tls = try TLSHandler(client: context, peerName: "localhost", port: nil, eventLoop: loop)
            try channel.pipeline.syncOperations.addHandler(tls)
        }
        try channel.pipeline.syncOperations.addHandler(handler)
        return (NIOLoopBound(wire, eventLoop: loop), NIOLoopBound(handler, eventLoop: loop))
    }
    let connection = Connector.Connection(channel: channel, handler: handler)
    let session = SMTPSession(connection, server: server, configuration: configuration)
    var peer = Peer(session: session, channel: channel, wire: wire)
    if link != .clear { peer.tls = try await makeTLSPeer(on: loop, writesOctets: link == .tlsOctets) }
    try await channel.connect(to: try SocketAddress(ipAddress: "192.0.2.1", port: 25)).get()
    if let tls = peer.tls { try await shakeHands(peer, tls) }
    return peer
}

private func makeTLSPeer(
    on loop: NIOAsyncTestingEventLoop,
    writesOctets: Bool
) async throws -> NIOLoopBound<TLSPeer> {
    let channel = NIOAsyncTestingChannel(loop: loop)
    let context = try Link.contexts.get().server
    let tls = try await loop.executeInContext {
        NIOLoopBound(try TLSPeer(context, channel: channel, writesOctets: writesOctets), eventLoop: loop)
    }
    try await channel.connect(to: try SocketAddress(ipAddress: "192.0.2.2", port: 25)).get()
    return tls
}

private func shakeHands(_ peer: Peer, _ tls: NIOLoopBound<TLSPeer>) async throws {
    await peer.settle()
    while let segment = try await peer.channel.readOutbound(as: ByteBuffer.self) {
        try await peer.channel.testingEventLoop.executeInContext {
            _ = tls.value.decrypt(segment)
            peer.receive(tls.value.takeRecords())
        }
        await peer.settle()
    }
}

private func bring(_ peer: Peer, to progress: Progress) async throws {
    if case .connected = progress { return }
    let greeting = await peer.begin { try await $0.takeGreeting() }
    try await peer.send("220 mx.example ready\r\n")
    try await greeting.value
    guard case .offered(let keywords) = progress else { return }
    let hello = await peer.begin { try await $0.hello() }
    let verb = peer.session.server.flavour == .lmtp ? "LHLO" : "EHLO"
    try await peer.answer("\(verb) client.example", with: ehloReply(keywords))
    try await hello.value
}

/// A reply to EHLO that offers `keywords`.
func ehloReply(_ keywords: [String]) -> String {
    let lines = ["mx.example"] + keywords
    return lines.enumerated().map { index, line in
        "250\(index == lines.count - 1 ? " " : "-")\(line)"
    }.joined(separator: "\r\n")
}

private func tearDown(_ peer: Peer) async {
    if let tls = peer.tls { await close(peer, tls) }
    await peer.session.close()
    await peer.settle()
}

/// Closes a session whose close_notify may never leave, without waiting for time to pass.
private func close(_ peer: Peer, _ tls: NIOLoopBound<TLSPeer>) async {
    let task = await peer.begin { await $0.close() }
    await peer.advance(.seconds(1))
    _ = await task.result
    try? await peer.channel.testingEventLoop.executeInContext { tls.value.drop() }
}

extension SMTPServer {
    /// An LMTP server.
    static let lmtp = SMTPServer(unixSocket: "/test", flavour: .lmtp)
}
