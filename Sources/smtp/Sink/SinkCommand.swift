internal import ArgumentParser
internal import AsyncSMTP
internal import Foundation
internal import SMTPTestServer

/// `smtp sink`: a mailbox for development.
struct SinkCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sink",
        abstract: "Takes mail for development, and shows what came.",
        discussion: """
            The first line on standard output tells where it listens, as a URL for --server; every message that it \
            accepts is a line more. SIGINT and SIGTERM end it with a summary on standard error. Messages are kept \
            nowhere but in the maildir, and may have up to 50 MiB.

            With --json each line is an object: the first has listening (URL), pin (of the certificate's key, or \
            null) and error (null); each further one sender, recipients, bytes, messageID, subject, hello, tls \
            (version and cipher, or null), user, file and queueID.
            """
    )

    @Option(help: ArgumentHelp("Address to listen on, 127.0.0.1 unless given.", valueName: "host"))
    var host: String?

    @Option(help: ArgumentHelp("Port to listen on, 2525 unless given; 0 picks one.", valueName: "port"))
    var port: Int?

    @Option(help: ArgumentHelp("Unix socket to listen on instead.", valueName: "path"), completion: .file())
    var unixSocket: String?

    @Flag(help: "Speaks LMTP.")
    var lmtp = false

    @Flag(help: "Offers STARTTLS, with a certificate made at the start unless one is given.")
    var tls = false

    @Flag(help: "Speaks TLS from the first octet.")
    var implicitTLS = false

    @Option(
        help: ArgumentHelp("PEM file of the certificate, and its chain.", valueName: "file"),
        completion: .file()
    )
    var tlsCertificate: String?

    @Option(help: ArgumentHelp("PEM file of its key.", valueName: "file"), completion: .file())
    var tlsKey: String?

    @Option(
        name: .customLong("write-ca"),
        help: ArgumentHelp(
            "File to write the authority of the made certificate to, in PEM: for --ca-file.",
            valueName: "file"
        ),
        completion: .file()
    )
    var authorityFile: String?

    @Option(help: ArgumentHelp("Who has to log in, by SCRAM, PLAIN or LOGIN.", valueName: "name"))
    var user: String?

    @OptionGroup var password: PasswordOptions

    @Option(
        help: ArgumentHelp("Maildir to store every message in; it is made.", valueName: "directory"),
        completion: .directory
    )
    var maildir: String?

    @Flag(help: "Prints JSON, an object on each line.")
    var json = false

    /// Whether any option asks for TLS.
    var usesTLS: Bool { self.tls || self.implicitTLS || self.tlsCertificate != nil }

    func validate() throws {
        if let port, !(0...65_535).contains(port) {
            throw ValidationError("--port takes a number from 0 to 65535.")
        }
        guard (self.tlsCertificate == nil) == (self.tlsKey == nil) else {
            throw ValidationError("--tls-certificate and --tls-key need each other.")
        }
        guard self.unixSocket == nil || self.host == nil && self.port == nil else {
            throw ValidationError("--unix-socket excludes --host and --port.")
        }
        guard self.unixSocket == nil || !self.usesTLS else {
            throw ValidationError("--unix-socket excludes TLS: nobody can listen on the way.")
        }
        guard self.authorityFile == nil || self.usesTLS && self.tlsCertificate == nil else {
            throw ValidationError("--write-ca needs --tls or --implicit-tls, and no certificate of your own.")
        }
        guard self.password.passwordFile == nil || self.user != nil else {
            throw ValidationError("--password-file needs --user.")
        }
    }

    func run() async throws {
        try await CommandRun.run(within: nil) {
            do {
                return try await self.takeMail()
            } catch {
                if self.json {
                    try JSONOutput.print(SinkStart(listening: nil, pin: nil, error: "\(error)"))
                }
                throw error
            }
        }
    }

    /// Runs until a signal comes.
    private func takeMail() async throws -> ExitStatus {
        let identity = try SinkIdentity(self)
        let mailbox = SinkMailbox(maildir: try self.madeMaildir(), printsJSON: self.json)
        let configuration = try self.configuration(identity, mailbox)
        let signals = Signals.shared.taken()
        let server: SMTPTestServer
        do throws(SMTPTestServerError) {
            server = try await SMTPTestServer.start(configuration)
        } catch {
            throw self.explained(error)
        }
        let place = self.place(of: server)
        if self.json {
            try JSONOutput.print(SinkStart(listening: place, pin: identity?.pin, error: nil))
        } else {
            Console.print("Listening at \(place)")
        }
        if let identity { Console.note("smtp: the certificate's key has the pin \(identity.pin)") }
        for await _ in signals { break }
        try await server.shutdown()
        let (messages, octets) = mailbox.totals
        Console.note("smtp: \(messages) messages, \(octets) octets, \(server.sessionCount) sessions")
        return .success
    }

    /// The maildir, with its three directories.
    private func madeMaildir() throws -> String? {
        guard let maildir else { return nil }
        do {
            for name in ["tmp", "new", "cur"] {
                try FileManager.default.createDirectory(
                    atPath: "\(maildir)/\(name)",
                    withIntermediateDirectories: true,
                    attributes: [.posixPermissions: 0o700]
                )
            }
        } catch {
            throw ToolError(
                .badConfiguration,
                "the maildir \(maildir) cannot be made: \(error.localizedDescription)"
            )
        }
        return maildir
    }
}
