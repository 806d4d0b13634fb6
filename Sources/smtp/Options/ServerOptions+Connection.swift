internal import AsyncSMTP
internal import Foundation

extension ServerOptions {
    /// The server and how to talk to it, as the options and the environment say.
    ///
    /// - Throws: ``ToolError``.
    func connection() throws -> (server: SMTPServer, configuration: SMTPConfiguration) {
        guard let url = self.server ?? Environment.value("SMTP_URL") else {
            throw ToolError(.usage, "there is no server: use --server or SMTP_URL")
        }
        let place = try ServerPlace(url: url)
        var configuration = SMTPConfiguration()
        do {
            configuration.helloName = try self.hello.map { try HelloName($0) }
        } catch {
            throw ToolError(.usage, "--hello: \(error)")
        }
        configuration.sourceAddress = self.sourceAddress.map { SourceAddress($0) }
        configuration.sending.pipelining = self.pipelining
        configuration.sending.usesChunking = self.chunking
        configuration.allowsPlaintextAuthentication = self.allowPlaintextAuth
        if let auth {
            let mechanisms = auth.split(separator: ",").map { $0.uppercased() }
            configuration.authentication = AuthenticationPolicy(mechanisms: mechanisms)
        }
        try self.applyTLS(to: &configuration)
        configuration.credentials = try self.credentials(user: self.user ?? place.user)
        return (place.server, configuration)
    }

    private func applyTLS(to configuration: inout SMTPConfiguration) throws {
        if let caFile { configuration.tls.trustRoots = .file(try Self.readable(caFile)) }
        if let clientCertificate, let clientKey {
            configuration.tls.identity = TLSIdentity(
                certificateChainFile: try Self.readable(clientCertificate),
                privateKeyFile: try Self.readable(clientKey)
            )
        }
        do throws(TLSError) {
            for pin in self.pin { configuration.tls.pinnedKeys.insert(try PublicKeyPin(hex: pin)) }
        } catch {
            throw ToolError(.usage, "--pin: \(error)")
        }
        if self.insecureSkipVerification { configuration.tls.verification = .insecurelyDisabled }
    }

    private static func readable(_ path: String) throws -> String {
        guard FileManager.default.isReadableFile(atPath: path) else {
            throw ToolError(.badConfiguration, "the file \(path) cannot be read")
        }
        return path
    }

    /// Who logs in; nil where nobody does.
    private func credentials(user: String?) throws -> Credentials? {
        if let tokenFile {
            guard let user else { throw ToolError(.usage, "--token-file needs --user") }
            let token = try SecretSource.token(file: tokenFile)
            return .token(username: user, source: TokenSource(fixed: token))
        }
        guard let user else {
            if self.password.passwordFile != nil { throw ToolError(.usage, "--password-file needs --user") }
            return self.mechanismsWithoutPassword
        }
        if self.auth?.uppercased() == "EXTERNAL", self.password.passwordFile == nil {
            return .external(authorizationIdentity: user)
        }
        let password = try SecretSource.password(file: self.password.passwordFile, for: user)
        return Credentials(username: user, password: password)
    }

    /// EXTERNAL and ANONYMOUS, asked for by name, need no user.
    private var mechanismsWithoutPassword: Credentials? {
        switch self.auth?.uppercased() {
        case "EXTERNAL": .external()
        case "ANONYMOUS": .anonymous()
        default: nil
        }
    }
}
