import NIOCore
import NIOEmbedded
import NIOOpenSSL

/// A client and a server, connected in memory.
struct Pair {
    let client: Side
    let server: Side

    init(client: TLSContext, server: TLSContext, name: String, port: Int = 465) throws {
        self.client = try Side {
            try TLSHandler(client: client, peerName: name, port: port, eventLoop: $0)
        }
        self.server = try Side { try TLSHandler(server: server, eventLoop: $0) }
        try self.server.connect()
        try self.client.connect()
    }

    init(
        _ client: TLSConfiguration,
        _ server: TLSServerConfiguration,
        name: String = "mail.example.org"
    ) throws {
        try self.init(
            client: TLSContext(client: client),
            server: TLSContext(server: server),
            name: name
        )
    }

    /// A connection whose handshake is complete.
    static func established(
        _ change: (inout TLSConfiguration, inout TLSServerConfiguration) -> Void = { _, _ in }
    )
        throws -> Pair
    {
        let authority = try CertificateAuthority()
        var client = TLSConfiguration()
        client.trustRoots = authority.trustRoots
        var server = TLSServerConfiguration(
            identity: try authority.issue(dnsNames: ["mail.example.org"]).identity
        )
        change(&client, &server)
        let pair = try Pair(client, server)
        try pair.pump()
        return pair
    }

    /// Carries octets to and fro until there are none; an end is passed on too.
    func pump(step: Int = .max) throws {
        var moved = true
        while moved {
            moved = false
            for (from, to) in [(self.client, self.server), (self.server, self.client)] {
                from.channel.embeddedEventLoop.run()
                let octets = try from.takeOutput()
                if octets.readableBytes > 0 {
                    to.receive(octets, step: step)
                    moved = true
                } else if !from.channel.isActive {
                    to.end()
                }
            }
        }
    }
}
