import NIOCore
import Testing

@testable import NIOOpenSSL

@Suite("Resumption")
struct ResumptionTests {
    private static let versions: [TLSVersion] = [.tls12, .tls13]

    private struct Contexts {
        let client: TLSContext
        let server: TLSContext

        init(version: TLSVersion, _ change: (inout TLSConfiguration) -> Void = { $0.resumesSessions = true })
            throws
        {
            let authority = try CertificateAuthority()
            let issued = try authority.issue(dnsNames: ["mail.example.org", "other.example.org"])
            var client = TLSConfiguration()
            client.trustRoots = authority.trustRoots
            client.maximumVersion = version
            change(&client)
            self.client = try TLSContext(client: client)
            self.server = try TLSContext(server: TLSServerConfiguration(identity: issued.identity))
        }

        func connect(name: String = "mail.example.org", port: Int = 465) throws -> Pair {
            let pair = try Pair(client: self.client, server: self.server, name: name, port: port)
            pair.server.write("220 mail.example.org\r\n")
            try pair.pump()
            return pair
        }
    }

    @Test("H7 the second connection resumes, with everything verified before", arguments: versions)
    func resumes(version: TLSVersion) throws {
        let contexts = try Contexts(version: version)
        let first = try #require(try contexts.connect().client.session)
        #expect(!first.isResumed)
        for _ in 0..<3 {
            let pair = try contexts.connect()
            let session = try #require(pair.client.session)
            #expect(session.isResumed)
            #expect(session.isVerified)
            #expect(session.verifiedName == "mail.example.org")
            #expect(session.peerCertificates == first.peerCertificates)
            #expect(session.exporterBinding != first.exporterBinding)
            #expect(session.exporterBinding == pair.server.session?.exporterBinding)
            #expect(session.serverEndPointBinding == first.serverEndPointBinding)
            #expect(pair.client.recorder.text == "220 mail.example.org\r\n")
        }
    }

    @Test("H7 only with the same name and port", arguments: versions)
    func samePeer(version: TLSVersion) throws {
        let contexts = try Contexts(version: version)
        _ = try contexts.connect()
        #expect(try contexts.connect(name: "other.example.org").client.session?.isResumed == false)
        #expect(try contexts.connect(port: 587).client.session?.isResumed == false)
        #expect(try contexts.connect().client.session?.isResumed == true)
    }

    @Test("H7 not unless asked for", arguments: versions)
    func off(version: TLSVersion) throws {
        let contexts = try Contexts(version: version) { _ in }
        _ = try contexts.connect()
        #expect(try contexts.connect().client.session?.isResumed == false)
    }

    @Test("H7 a session is offered by one connection at a time", arguments: versions)
    func oneAtATime(version: TLSVersion) throws {
        let contexts = try Contexts(version: version)
        _ = try contexts.connect()
        var taken = 0
        while contexts.client.takeSession(name: "mail.example.org", port: 465) != nil { taken += 1 }
        // A TLS 1.3 server of OpenSSL sends two tickets.
        #expect(taken == (version == .tls13 ? 2 : 1))
        #expect(try contexts.connect().client.session?.isResumed == false)
    }

    @Test("H7 few sessions are kept however many a server offers")
    func bounded() throws {
        let contexts = try Contexts(version: .tls13)
        var sessions: [SessionHandle] = []
        for _ in 0..<4 {
            _ = try contexts.connect()
            while let session = contexts.client.takeSession(name: "mail.example.org", port: 465) {
                sessions.append(session)
            }
        }
        #expect(sessions.count == 8)
        for session in sessions { contexts.client.keep(session, name: "mail.example.org", port: 465) }
        var taken = 0
        while contexts.client.takeSession(name: "mail.example.org", port: 465) != nil { taken += 1 }
        #expect(taken == 4)
    }

    @Test("H7 another server with the same name meets a full handshake", arguments: versions)
    func anotherServer(version: TLSVersion) throws {
        let contexts = try Contexts(version: version)
        _ = try contexts.connect()
        let stranger = try CertificateAuthority().issue(dnsNames: ["mail.example.org"])
        let server = try TLSContext(server: TLSServerConfiguration(identity: stranger.identity))
        let pair = try Pair(client: contexts.client, server: server, name: "mail.example.org")
        try pair.pump()
        #expect(pair.client.failure?.reason == .unknownIssuer)
    }

    @Test("H7 unverified sessions stay unverified", arguments: versions)
    func unverified(version: TLSVersion) throws {
        let contexts = try Contexts(version: version) {
            $0.resumesSessions = true
            $0.verification = .insecurelyDisabled
        }
        _ = try contexts.connect()
        let session = try #require(try contexts.connect().client.session)
        #expect(session.isResumed)
        #expect(!session.isVerified)
    }

    @Test("H7 pins hold for a resumed session too", arguments: versions)
    func pins(version: TLSVersion) throws {
        let pin = try PublicKeyPin(octets: [UInt8](repeating: 7, count: 32))
        let contexts = try Contexts(version: version) {
            $0.resumesSessions = true
            $0.pinnedKeys = [pin]
        }
        #expect(try contexts.connect().client.failure?.reason == .pinMismatch)
        #expect(try contexts.connect().client.failure?.reason == .pinMismatch)
        #expect(contexts.client.takeSession(name: "mail.example.org", port: 465) == nil)
    }

    @Test("H6 tickets that come while a client only writes are read, and disturb nothing")
    func tickets() throws {
        let pair = try Pair.established()
        for number in 0..<100 { pair.client.write("line \(number)\r\n") }
        try pair.pump()
        #expect(pair.server.recorder.text.hasSuffix("line 99\r\n"))
        #expect(pair.client.recorder.order.isEmpty)
    }
}
