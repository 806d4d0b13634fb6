import NIOCore
import NIOEmbedded
import Testing

@testable import NIOOpenSSL

@Suite("Handshake")
struct HandshakeTests {
    private static let versions: [TLSVersion] = [.tls12, .tls13]

    @Test("client and server agree, and octets pass both ways", arguments: versions, [1, 7, Int.max])
    func bothWays(version: TLSVersion, step: Int) throws {
        let authority = try CertificateAuthority()
        var client = TLSConfiguration()
        client.trustRoots = authority.trustRoots
        client.maximumVersion = version
        let server = TLSServerConfiguration(
            identity: try authority.issue(dnsNames: ["mail.example.org"]).identity
        )
        let pair = try Pair(client, server)
        // Written before the handshake is complete: held until then.
        pair.client.write("EHLO client.example\r\n")
        pair.server.write("220 mail.example.org\r\n")
        try pair.pump(step: step)
        let session = try #require(pair.client.session)
        #expect(session.version == version)
        #expect(session.isVerified)
        #expect(session.verifiedName == "mail.example.org")
        #expect(!session.isResumed)
        #expect(!session.cipher.isEmpty)
        #expect(session.peerCertificates.first?.names == ["mail.example.org"])
        #expect(pair.server.session?.isVerified == false)
        #expect(pair.server.session?.cipher == session.cipher)
        #expect(pair.server.recorder.text == "EHLO client.example\r\n")
        #expect(pair.client.recorder.text == "220 mail.example.org\r\n")
        #expect(pair.client.recorder.errors.isEmpty)
        #expect(pair.server.recorder.errors.isEmpty)
        #expect(session.description.hasPrefix("\(version), "))
    }

    @Test("nothing written before the handshake leaves in clear")
    func nothingInClear() throws {
        let context = try TLSContext(client: TLSConfiguration())
        let side = try Side {
            try TLSHandler(client: context, peerName: "mail.example.org", port: 465, eventLoop: $0)
        }
        side.write("AUTH PLAIN secret\r\n")
        try side.connect()
        let hello = try side.takeOutput()
        #expect(hello.getInteger(at: 0, as: UInt8.self) == 0x16)
        #expect(!String(buffer: hello).contains("secret"))
    }

    @Test("a handler added to a channel that is active begins at once")
    func addedLate() throws {
        let channel = EmbeddedChannel()
        try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 587)).wait()
        let context = try TLSContext(client: TLSConfiguration())
        let handler = try TLSHandler(
            client: context,
            peerName: "mail.example.org",
            port: 587,
            eventLoop: channel.embeddedEventLoop
        )
        try channel.pipeline.syncOperations.addHandler(handler)
        #expect(try channel.readOutbound(as: ByteBuffer.self)?.getInteger(at: 0, as: UInt8.self) == 0x16)
        _ = try channel.finish()
    }

    @Test("Q27 a server that speaks plain text is told apart", arguments: [1, 3, Int.max])
    func plaintextServer(step: Int) throws {
        let context = try TLSContext(client: TLSConfiguration())
        let side = try Side {
            try TLSHandler(client: context, peerName: "mail.example.org", port: 465, eventLoop: $0)
        }
        try side.connect()
        side.receive(ByteBuffer(string: "220 mail.example.org ESMTP\u{1B}[2J\r\n"), step: step)
        let error = try #require(side.failure)
        #expect(error.code == .plaintextPeer)
        #expect(error.message.hasPrefix("the server speaks plain text on this port: use STARTTLS"))
        #expect(
            step != .max || error.message.hasSuffix("it said: 220 mail.example.org ESMTP\\u{1B}[2J\\r\\n")
        )
        #expect(!side.channel.isActive)
        #expect(side.recorder.order == ["error", "inactive"])
    }

    @Test("Q27 a client that speaks plain text is told apart")
    func plaintextClient() throws {
        let server = TLSServerConfiguration(identity: try CertificateAuthority().own.identity)
        let context = try TLSContext(server: server)
        let side = try Side { try TLSHandler(server: context, eventLoop: $0) }
        try side.connect()
        side.receive(ByteBuffer(string: "EHLO client.example\r\n"))
        #expect(side.failure?.code == .plaintextPeer)
    }

    @Test(
        "what is neither TLS nor text fails the handshake",
        arguments: [
            [0x00, 0x01, 0x02, 0x03, 0x04, 0x05], [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF],
            [0x16, 0x03, 0x03, 0x00, 0x04, 0x63, 0x00, 0x00, 0x00], [0x17, 0x03, 0x03, 0x00, 0x01, 0x00],
        ] as [[UInt8]]
    )
    func garbage(octets: [UInt8]) throws {
        let context = try TLSContext(client: TLSConfiguration())
        let side = try Side {
            try TLSHandler(client: context, peerName: "mail.example.org", port: 465, eventLoop: $0)
        }
        try side.connect()
        side.receive(ByteBuffer(bytes: octets))
        let error = try #require(side.failure)
        #expect(error.code == .handshakeFailed || error.code == .protocolVersion)
        #expect(error.openSSLText != nil)
        #expect(!side.channel.isActive)
        #expect(side.recorder.octets.readableBytes == 0)
    }

    @Test("Q31 a server that closes before its ServerHello")
    func closedEarly() throws {
        let context = try TLSContext(client: TLSConfiguration())
        let side = try Side {
            try TLSHandler(client: context, peerName: "mail.example.org", port: 587, eventLoop: $0)
        }
        try side.connect()
        side.end()
        #expect(side.failure?.code == .peerClosed)
        #expect(side.recorder.order.prefix(2) == ["error", "inactive"])
    }

    @Test("an alert of the server keeps its name")
    func alert() throws {
        let context = try TLSContext(client: TLSConfiguration())
        let side = try Side {
            try TLSHandler(client: context, peerName: "mail.example.org", port: 465, eventLoop: $0)
        }
        try side.connect()
        side.receive(ByteBuffer(bytes: [0x15, 0x03, 0x03, 0x00, 0x02, 0x02, 0x28]))
        #expect(side.failure?.code == .alert)
        #expect(side.failure?.alert == "handshake failure")
    }

    @Test("S-C8.1 a server with TLS 1.1 at most", arguments: [TLSVersion.tls10, .tls11])
    func oldServer(version: TLSVersion) throws {
        let authority = try CertificateAuthority()
        var client = TLSConfiguration()
        client.trustRoots = authority.trustRoots
        var request = CertificateRequest(dnsNames: ["mail.example.org"])
        request.key = .rsa(2_048)
        var server = TLSServerConfiguration(identity: try authority.issue(request).identity)
        server.minimumVersion = .tls10
        server.maximumVersion = version
        server.cipherList = "ALL@SECLEVEL=0"
        var pair = try Pair(client, server)
        try pair.pump()
        let error = try #require(pair.client.failure)
        #expect(error.code == .protocolVersion)
        #expect(error.message.contains("at least TLS 1.2 is required"), "\(error)")
        #expect(pair.client.recorder.octets.readableBytes == 0)

        // The caller may choose otherwise, in so many words.
        client.minimumVersion = .tls10
        client.cipherList = "DEFAULT@SECLEVEL=0"
        pair = try Pair(client, server)
        try pair.pump()
        #expect(pair.client.session?.version == version)
        // The binding needs the extended master secret, which OpenSSL has for TLS 1.0 too.
        #expect(pair.client.session?.exporterBinding == pair.server.session?.exporterBinding)
    }

    @Test("S-C8.1 a ServerHello of TLS 1.1 is named")
    func oldServerHello() throws {
        let context = try TLSContext(client: TLSConfiguration())
        let side = try Side {
            try TLSHandler(client: context, peerName: "mail.example.org", port: 465, eventLoop: $0)
        }
        try side.connect()
        var hello: [UInt8] = [0x16, 0x03, 0x02, 0x00, 0x2A, 0x02, 0x00, 0x00, 0x26, 0x03, 0x02]
        hello += [UInt8](repeating: 7, count: 32) + [0x00, 0x00, 0x2F, 0x00]
        side.receive(ByteBuffer(bytes: hello))
        #expect(side.failure?.code == .protocolVersion)
        #expect(side.failure?.message == "the server offers only TLS 1.1; at least TLS 1.2 is required")
    }

    @Test("Q32 causes with a remedy name it", arguments: [(338, "allowsLegacyServers"), (394, "SECLEVEL=1")])
    func remedies(reason: Int, remedy: String) {
        // SSL_R_UNSAFE_LEGACY_RENEGOTIATION_DISABLED and SSL_R_DH_KEY_TOO_SMALL; 20 is ERR_LIB_SSL.
        let failure = OpenSSLFailure(library: 20, reason: Int32(reason), text: "text")
        let error = TLSError.handshake(
            TLSError.Circumstances(
                failures: [failure],
                verification: nil,
                peer: .host("mail.example.org"),
                minimumVersion: .tls12,
                firstOctets: []
            )
        )
        #expect(error.code == .handshakeFailed)
        #expect(error.message.contains(remedy))
    }

    @Test(
        "S-C8 no cipher without authentication or encryption, even when asked for",
        arguments: [
            "aNULL@SECLEVEL=0", "eNULL@SECLEVEL=0", "NULL",
        ]
    )
    func nullCiphers(list: String) throws {
        var client = TLSConfiguration()
        client.cipherList = list
        let error = #expect(throws: TLSError.self) { try TLSContext(client: client) }
        #expect(error?.code == .invalidConfiguration)
    }

    @Test("S-C8.2 a request for renegotiation is not honoured, and nothing hangs")
    func renegotiation() throws {
        let pair = try Pair.established { client, server in
            client.maximumVersion = .tls12
            server.allowsRenegotiation = true
        }
        let server = try pair.server.channel.pipeline.syncOperations.context(handler: pair.server.handler)
        pair.server.handler.renegotiate(context: server)
        pair.server.write("250 ok\r\n")
        try pair.pump()
        // OpenSSL's server gives up when its request is declined; the client has met no second handshake.
        #expect(pair.client.session?.version == .tls12)
        #expect(pair.server.recorder.tlsErrors.count == 1)
        #expect(!pair.client.channel.isActive)
        #expect(!pair.server.channel.isActive)
    }

    @Test("a handler that never comes into a channel fails its handshake")
    func neverAdded() throws {
        let loop = EmbeddedEventLoop()
        let context = try TLSContext(client: TLSConfiguration())
        var handler: TLSHandler? = try TLSHandler(
            client: context,
            peerName: "mail.example.org",
            port: nil,
            eventLoop: loop
        )
        let future = try #require(handler?.handshake)
        handler = nil
        loop.run()
        let error = #expect(throws: TLSError.self) { try future.wait() }
        #expect(error?.code == .closed)
    }

    @Test("a close during the handshake fails it and whatever was written")
    func closedByUs() throws {
        let context = try TLSContext(client: TLSConfiguration())
        let side = try Side {
            try TLSHandler(client: context, peerName: "mail.example.org", port: 465, eventLoop: $0)
        }
        try side.connect()
        let written = side.channel.writeAndFlush(ByteBuffer(string: "EHLO client.example\r\n"))
        try side.channel.close().wait()
        #expect(side.failure?.code == .closed)
        #expect(throws: ChannelError.ioOnClosedChannel) { try written.wait() }
        #expect(side.recorder.errors.isEmpty)
    }

    @Test("a context is for one role")
    func roles() throws {
        let client = try TLSContext(client: TLSConfiguration())
        let server = try TLSContext(
            server: TLSServerConfiguration(identity: try CertificateAuthority().own.identity)
        )
        let loop = EmbeddedEventLoop()
        #expect(throws: TLSError.self) {
            try TLSHandler(client: server, peerName: "mail.example.org", port: nil, eventLoop: loop)
        }
        #expect(throws: TLSError.self) { try TLSHandler(server: client, eventLoop: loop) }
    }
}
