internal import NIOConcurrencyHelpers

/// TLS set up once from a configuration, shared by any number of connections.
///
/// Making one reads the files of the configuration.
public final class TLSContext: Sendable {
    /// Whom sessions are kept for.
    private struct Peer: Hashable {
        let name: String
        let port: Int?
    }

    /// How many sessions are kept for one peer; TLS 1.3 servers send two for each connection.
    private static let sessionsPerPeer = 4
    /// How many peers sessions are kept for.
    private static let peers = 256

    let handle: ContextHandle
    let configuration: TLSConfiguration?
    private let sessions = NIOLockedValueBox<[Peer: [SessionHandle]]>([:])

    /// A context for clients.
    ///
    /// - Throws: ``TLSError`` with code `invalidConfiguration`.
    public init(client configuration: TLSConfiguration) throws(TLSError) {
        self.handle = try ContextHandle(client: configuration)
        self.configuration = configuration
    }

    /// A context for servers.
    ///
    /// - Throws: ``TLSError`` with code `invalidConfiguration`.
    public init(server configuration: TLSServerConfiguration) throws(TLSError) {
        self.handle = try ContextHandle(server: configuration)
        self.configuration = nil
    }

    /// Takes the newest session of a peer out, so that no two connections use it.
    func takeSession(name: String, port: Int?) -> SessionHandle? {
        self.sessions.withLockedValue { sessions in
            while let session = sessions[Peer(name: name, port: port)]?.popLast() {
                if session.isResumable { return session }
            }
            return nil
        }
    }

    /// Keeps a session, the oldest of its peer giving way.
    func keep(_ session: SessionHandle, name: String, port: Int?) {
        let peer = Peer(name: name, port: port)
        self.sessions.withLockedValue { sessions in
            if sessions[peer] == nil, sessions.count >= Self.peers, let other = sessions.keys.first {
                sessions[other] = nil
            }
            var kept = sessions[peer] ?? []
            if kept.count >= Self.sessionsPerPeer { kept.removeFirst() }
            kept.append(session)
            sessions[peer] = kept
        }
    }
}
