import Foundation
import NIOOpenSSL
import OpenSSLCrypto
import SMTPTestServer

/// One authority for all tests, with what a tool reads from files written to a directory of the test run.
struct TestAuthority: Sendable {
    private static let made = Result { try TestAuthority() }

    /// The same for all tests.
    static var shared: TestAuthority { get throws { try Self.made.get() } }

    private let authority: CertificateAuthority
    /// What servers for `localhost` and `127.0.0.1` show.
    let server: IssuedCertificate
    private let directory: URL

    private init() throws {
        self.authority = try CertificateAuthority()
        self.server = try self.authority.issue(dnsNames: ["localhost"], addresses: ["127.0.0.1"])
        self.directory = URL.temporaryDirectory.appending(path: "smtp-tool-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: self.directory, withIntermediateDirectories: true)
        try Data(self.authority.own.chainPEM).write(to: self.directory.appending(path: "ca.pem"))
        let client = try self.authority.issue(CertificateRequest(commonName: "client-identity"))
        try Data(client.chainPEM).write(to: self.directory.appending(path: "client.pem"))
        try Data(client.keyPEM.copy()).write(to: self.directory.appending(path: "client.key"))
    }

    /// A file of the directory: `ca.pem`, `client.pem`, `client.key`.
    func file(_ name: String) -> String { self.directory.appending(path: name).path() }

    /// The pin of the server's key.
    var pin: String { self.server.certificate.publicKeyPin.description }

    /// How a server speaks TLS with the certificate.
    ///
    /// - Parameter asksClients: Whether clients have to show one.
    func options(asksClients: Bool = false) -> TLSServerConfiguration {
        var options = TLSServerConfiguration(identity: self.server.identity)
        if asksClients {
            options.clientTrustRoots = self.authority.trustRoots
            options.requiresClientCertificate = true
        }
        return options
    }
}
