internal import AsyncSMTP
internal import Foundation
internal import SMTPTestServer

/// The certificate that a sink shows, and the pin of its key.
struct SinkIdentity {
    let identity: TLSIdentity
    let pin: String

    /// Reads the certificate, or makes one and writes its authority where that is asked for; nil without TLS.
    ///
    /// - Throws: ``ToolError`` with ``ExitStatus/badConfiguration``.
    init?(_ options: SinkCommand) throws {
        guard options.usesTLS else { return nil }
        if let certificate = options.tlsCertificate, let key = options.tlsKey {
            self.identity = TLSIdentity(certificateChainFile: certificate, privateKeyFile: key)
        } else {
            do {
                let authority = try SMTPTestServer.Authority()
                let names = ["localhost", "127.0.0.1", "::1"]
                let own = options.host.map { names.contains($0) ? [] : [$0] } ?? []
                self.identity = try authority.identity(for: names + own, validUntil: .seconds(366 * 86_400))
                if let file = options.authorityFile {
                    try Data(authority.certificatePEM.utf8).write(to: URL(filePath: file))
                }
            } catch let error as SMTPTestServerError {
                throw ToolError(.badConfiguration, "a certificate cannot be made: \(error)")
            } catch {
                let file = options.authorityFile ?? ""
                throw ToolError(
                    .badConfiguration,
                    "the file \(file) cannot be written: \(error.localizedDescription)"
                )
            }
        }
        do throws(TLSError) {
            self.pin = "\(try self.identity.certificate().publicKeyPin)"
        } catch {
            throw ToolError(.badConfiguration, "the certificate cannot be used: \(error)")
        }
    }
}
