internal import ArgumentParser
internal import AsyncSMTP
internal import Foundation

/// Where the server is, how the connection is protected, and who logs in: the same for every command that connects.
struct ServerOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Server, as URL: smtps://, smtp:// (STARTTLS required), lmtp://, smtp+unix://, lmtp+unix://.",
            discussion: """
                smtp:// takes ?tls=opportunistic and ?tls=none, lmtp:// takes ?tls=starttls and ?tls=implicit. A user \
                may stand in front of the host, a password may not. Without the option SMTP_URL is used.
                """,
            valueName: "url"
        )
    )
    var server: String?

    @Option(help: ArgumentHelp("Who logs in.", valueName: "name"))
    var user: String?

    @OptionGroup var password: PasswordOptions

    @Option(
        help: ArgumentHelp(
            "File whose first line is a bearer token, for OAUTHBEARER and XOAUTH2.",
            valueName: "file"
        ),
        completion: .file()
    )
    var tokenFile: String?

    @Option(
        help: ArgumentHelp(
            "SASL mechanisms that may be used, the preferred one first, with commas between them.",
            valueName: "mechanism"
        )
    )
    var auth: String?

    @Flag(help: "Lets a mechanism that reveals the password be used without encryption. Insecure.")
    var allowPlaintextAuth = false

    @Option(
        help: ArgumentHelp(
            "PEM file of the authorities to trust, in place of the system's.",
            valueName: "file"
        ),
        completion: .file()
    )
    var caFile: String?

    @Option(
        help: ArgumentHelp("PEM file of a certificate to show, and its chain.", valueName: "file"),
        completion: .file()
    )
    var clientCertificate: String?

    @Option(help: ArgumentHelp("PEM file of its key.", valueName: "file"), completion: .file())
    var clientKey: String?

    @Option(
        help: ArgumentHelp(
            "SHA-256 of a public key the server may have, in hexadecimal.",
            valueName: "sha256hex"
        )
    )
    var pin: [String] = []

    @Flag(help: "Takes any certificate. Insecure: anybody on the way can read and change everything.")
    var insecureSkipVerification = false

    @Option(help: ArgumentHelp("Name for EHLO, HELO and LHLO.", valueName: "name"))
    var hello: String?

    @Option(help: ArgumentHelp("Address of this machine to connect from.", valueName: "address"))
    var sourceAddress: String?

    @Option(help: ArgumentHelp("Seconds the whole command may take.", valueName: "seconds"))
    var timeout: Double?

    @Option(
        help: ArgumentHelp(
            "How much goes out before replies are read: disabled, envelope, transaction or session.",
            valueName: "level"
        ),
        completion: .list(PipeliningLevel.allCases.map { "\($0)" }),
        transform: PipeliningLevel.named
    )
    var pipelining: PipeliningLevel = .session

    @Flag(help: "Sends content by BDAT where the server offers CHUNKING.")
    var chunking = false

    func validate() throws {
        if let timeout, !(timeout > 0 && timeout <= 1_000_000) {
            throw ValidationError("--timeout takes a number of seconds above 0 and up to a million.")
        }
        guard (self.clientCertificate == nil) == (self.clientKey == nil) else {
            throw ValidationError("--client-certificate and --client-key need each other.")
        }
        if let auth {
            let names = auth.split(separator: ",", omittingEmptySubsequences: false)
            guard names.allSatisfy({ !$0.isEmpty && !$0.contains(where: \.isWhitespace) }) else {
                throw ValidationError("--auth takes names of mechanisms with commas between them.")
            }
        }
        guard self.sourceAddress.map({ SourceAddress($0).isUsable }) ?? true else {
            throw ValidationError("--source-address takes an IPv4 or IPv6 address.")
        }
        guard self.password.passwordFile == nil || self.tokenFile == nil else {
            throw ValidationError("--password-file and --token-file exclude each other.")
        }
    }
}

extension PipeliningLevel {
    /// A level by its name.
    fileprivate static func named(_ name: String) throws -> PipeliningLevel {
        guard let level = Self.allCases.first(where: { "\($0)" == name }) else {
            throw ValidationError(
                "a level is one of \(Self.allCases.map { "\($0)" }.joined(separator: ", "))"
            )
        }
        return level
    }
}
