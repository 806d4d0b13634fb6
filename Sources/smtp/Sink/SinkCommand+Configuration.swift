internal import AsyncSMTP
internal import Foundation
internal import SMTPTestServer

extension SinkCommand {
    /// What the server is, as the options say.
    ///
    /// - Throws: ``ToolError`` where the password is missing or cannot be used.
    func configuration(
        _ identity: SinkIdentity?,
        _ mailbox: SinkMailbox
    ) throws -> SMTPTestServer.Configuration {
        var configuration = SMTPTestServer.Configuration(
            endpoint: self.endpoint,
            flavour: self.lmtp ? .lmtp : .smtp,
            tls: identity.map { self.implicitTLS ? .implicit($0.identity) : .startTLS($0.identity) },
            hostname: "localhost",
            onMessage: { message in await mailbox.take(message) }
        )
        // A maildir holds lines.
        if self.maildir != nil { configuration.extensions.removeAll { $0 == "BINARYMIME" } }
        configuration.limits.recordedMessages = 0
        configuration.limits.recordedSessions = 0
        if let user {
            let password = try SecretSource.password(file: self.password.passwordFile, for: user)
            do {
                let prepared = try SASLprep.prepare(password).copy()
                configuration.users = [
                    try SASLprep.prepare(user, .stored): String(decoding: prepared, as: UTF8.self)
                ]
            } catch {
                throw ToolError(.badConfiguration, "user name or password cannot be used: \(error)")
            }
            configuration.mechanisms = [
                "SCRAM-SHA-256-PLUS", "SCRAM-SHA-256", "SCRAM-SHA-1", "PLAIN", "LOGIN",
            ]
            configuration.requiresAuthentication = true
            configuration.allowsAuthenticationInClear = !self.usesTLS
        }
        return configuration
    }

    private var endpoint: SMTPTestServer.Endpoint {
        if let unixSocket { return .unixSocket(unixSocket) }
        return .tcp(host: self.host ?? "127.0.0.1", port: self.port ?? 2_525)
    }

    /// Where the server listens, as a URL that `--server` takes.
    func place(of server: SMTPTestServer) -> String {
        let scheme = self.lmtp ? "lmtp" : self.implicitTLS ? "smtps" : "smtp"
        if let path = server.unixSocketPath {
            let absolute = URL(filePath: path).path()
            return "\(scheme)+unix://\(absolute)"
        }
        let user = self.user.flatMap { $0.addingPercentEncoding(withAllowedCharacters: .alphanumerics) }
        let mode =
            switch (self.lmtp, self.implicitTLS, self.usesTLS) {
            case (false, false, false): "?tls=none"
            case (true, true, _): "?tls=implicit"
            case (true, false, true): "?tls=starttls"
            default: ""
            }
        let host = server.host.contains(":") ? "[\(server.host)]" : server.host
        return "\(scheme)://\(user.map { $0 + "@" } ?? "")\(host):\(server.port)\(mode)"
    }

    /// Why the server does not start, and what to do.
    func explained(_ error: SMTPTestServerError) -> ToolError {
        let reason = error.underlyingError.map { "\($0)" } ?? error.message
        guard error.code == .cannotListen else {
            return ToolError(.badConfiguration, "the certificate and its key cannot be used: \(reason)")
        }
        if let unixSocket {
            return ToolError(
                .unavailable,
                "cannot listen on \(unixSocket): \(reason); if no server listens there, remove the file"
            )
        }
        let place = "\(self.host ?? "127.0.0.1"), port \(self.port ?? 2_525)"
        return ToolError(
            .unavailable,
            "cannot listen on \(place): \(reason); use another --port (0 picks one) or an address of this machine"
        )
    }
}
