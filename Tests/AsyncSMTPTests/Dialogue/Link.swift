import Foundation
import NIOOpenSSL
import SMTPTestServer

/// What lies between a session of a dialogue test and its peer, chosen for a whole run by `TEST_LINK`.
///
/// The session does not know of it: its mode is in clear. `TEST_LINK=tls swift test` runs every dialogue
/// over TLS, `tls-octets` with each octet of the server in a record of its own.
enum Link: String {
    case clear
    case tls
    case tlsOctets = "tls-octets"

    static let chosen = ProcessInfo.processInfo.environment["TEST_LINK"].flatMap(Link.init) ?? .clear

    /// The contexts of both sides, made once.
    struct Contexts: Sendable {
        let client: TLSContext
        let server: TLSContext

        init() throws {
            let shared = try LoopbackTLS.shared
            var client = TLSConfiguration()
            client.trustRoots = shared.authority.trustRoots
            self.client = try TLSContext(client: client)
            self.server = try TLSContext(server: TLSServerConfiguration(identity: shared.identity))
        }
    }

    static let contexts = Result { try Contexts() }
}
