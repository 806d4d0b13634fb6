@testable import SMTPTestServer

extension SMTPTestServer.TLS {
    /// TLS for state machines, which do not look at identities.
    static func stub(_ start: Start) -> Self {
        Self(start: start)
    }
}
