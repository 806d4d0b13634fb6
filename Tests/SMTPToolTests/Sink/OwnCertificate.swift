import AsyncSMTP
import Foundation
import NIOOpenSSL
import Testing

/// A certificate for the loopback that signs itself, in files.
struct OwnCertificate {
    let certificate: String
    let key: String

    init(in directory: URL) throws {
        var request = CertificateRequest(
            dnsNames: ["sink.example", "localhost"],
            addresses: ["127.0.0.1"],
            commonName: "sink.example"
        )
        request.notBefore = .seconds(-3_600)
        request.notAfter = .seconds(86_400)
        let issued = try CertificateAuthority.selfSigned(request)
        let (certificate, key) = (directory.appending(path: "c.pem"), directory.appending(path: "k.pem"))
        try Data(issued.chainPEM).write(to: certificate)
        try Data(issued.keyPEM.copy()).write(to: key)
        self.certificate = certificate.path()
        self.key = key.path()
    }
}
