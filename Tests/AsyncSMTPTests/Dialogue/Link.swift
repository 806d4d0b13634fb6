import Foundation
import NIOOpenSSL
import SMTPTestServer
import Testing

/// What lies between a session of a dialogue test and its peer, chosen for a whole run by `TEST_LINK`.
///
/// `TEST_LINK=tls swift test` runs every dialogue over TLS, and what goes through ``Loopback``;
/// `tls-octets` with each octet of the server in a record of its own. In a dialogue the session does not know of
/// it: its mode is in clear.
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

extension Trait where Self == ConditionTrait {
    /// For tests that are about a connection in clear.
    static var inClear: Self { .enabled(if: Link.chosen == .clear, "this is about a connection in clear") }
}
