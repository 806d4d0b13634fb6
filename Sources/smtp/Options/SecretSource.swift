internal import AsyncSMTP
internal import Foundation

/// Where passwords and tokens come from: never the command line, which other users of the machine can read.
enum SecretSource {
    /// Most octets of a file that are read for a secret.
    private static let maximumLength = 65_536

    /// A password: from `file`, from `SMTP_PASSWORD`, or typed at a prompt on a terminal.
    ///
    /// - Throws: ``ToolError`` with ``ExitStatus/badConfiguration`` where there is none.
    static func password(file: String?, for user: String) throws -> Secret {
        let password = try Self.unseenPassword(file: file, for: user)
        Redaction.add(password)
        return password
    }

    /// A token: the first line of a file.
    ///
    /// - Throws: ``ToolError`` as ``firstLine(of:)`` does.
    static func token(file: String) throws -> Secret {
        let token = try Self.firstLine(of: file)
        Redaction.add(token)
        return token
    }

    private static func unseenPassword(file: String?, for user: String) throws -> Secret {
        if let file { return try Self.firstLine(of: file) }
        if let password = Environment.value("SMTP_PASSWORD") { return Secret(password) }
        guard isatty(FileHandle.standardInput.fileDescriptor) == 1 else {
            throw ToolError(
                .badConfiguration,
                "there is no password for \(user): use SMTP_PASSWORD, --password-file or a terminal"
            )
        }
        return try PasswordPrompt.read("Password for \(user): ")
    }

    /// The first line of a file, without its line end.
    ///
    /// - Throws: ``ToolError`` with ``ExitStatus/badConfiguration`` where the file cannot be read or the line is
    ///   empty.
    private static func firstLine(of path: String) throws -> Secret {
        guard let file = FileHandle(forReadingAtPath: path),
            let data = try? file.read(upToCount: Self.maximumLength)
        else { throw ToolError(.badConfiguration, "the file \(path) cannot be read") }
        let line = data.prefix { $0 != 0x0A && $0 != 0x0D }
        guard !line.isEmpty else { throw ToolError(.badConfiguration, "the first line of \(path) is empty") }
        return Secret(octets: line)
    }
}
