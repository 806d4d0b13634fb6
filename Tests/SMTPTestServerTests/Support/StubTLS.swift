import NIOOpenSSL
import OpenSSLCrypto

@testable import SMTPTestServer

extension SMTPTestServer.TLS {
    /// TLS for state machines, which do not look at identities.
    static func stub(_ start: Start) -> Self {
        let identity = TLSIdentity(certificateChain: [], privateKey: "")
        return Self(start: start, options: TLSServerConfiguration(identity: identity))
    }
}
