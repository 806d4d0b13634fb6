import Foundation
import Testing

/// Holds the page about smtplib, these tests and smtplib itself together.
@Suite("smtplib: the page")
struct SmtplibPageTests {
    /// What a reader who comes from smtplib looks for.
    static let names = [
        "SMTP", "SMTP_SSL", "starttls", "LMTP", "local_hostname", "timeout", "source_address",
        "set_debuglevel", "connect", "docmd", "putcmd", "getreply", "send", "helo", "ehlo",
        "ehlo_or_helo_if_needed", "lhlo", "has_extn", "does_esmtp", "esmtp_features", "ehlo_resp",
        "helo_resp", "help", "rset", "noop", "mail", "rcpt", "data", "verify", "vrfy", "expn", "login",
        "auth",
        "user", "password", "sendmail", "send_message", "quit", "close", "quoteaddr", "quotedata",
        "SMTP_PORT", "SMTP_SSL_PORT", "LMTP_PORT", "CRLF", "bCRLF", "OLDSTYLE_AUTH", "_MAXLINE",
        "SMTPException", "SMTPServerDisconnected", "SMTPResponseException", "smtp_code", "smtp_error",
        "SMTPSenderRefused", "sender", "SMTPRecipientsRefused", "recipients", "SMTPDataError",
        "SMTPConnectError", "SMTPHeloError", "SMTPAuthenticationError", "SMTPNotSupportedError",
    ]

    /// This directory, wherever a link to it stands.
    private static let directory = URL(filePath: #filePath).resolvingSymlinksInPath()
        .deletingLastPathComponent()

    private static func page() throws -> String {
        let root = Self.directory.appending(path: "../../..").standardizedFileURL
        return try String(contentsOf: root.appending(path: "Docs/FromSmtplib.md"), encoding: .utf8)
    }

    /// Display names of the tests of this directory that are about smtplib.
    private static func displayNames() throws -> [String] {
        let files = try FileManager.default.contentsOfDirectory(
            at: Self.directory,
            includingPropertiesForKeys: nil
        )
        let pattern = /@Test\(\s*"(smtplib\.[^"]*)"/
        return try files.filter { $0.pathExtension == "swift" }.flatMap { file in
            try String(contentsOf: file, encoding: .utf8).matches(of: pattern).map { String($0.output.1) }
        }
    }

    private static func words(in text: String) -> Set<String> {
        Set(text.split { !($0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_")) }.map(String.init))
    }

    @Test("every name of smtplib stands on the page, as code", arguments: Self.names)
    func isOnThePage(name: String) throws {
        // Fenced blocks and spans: what stands between an odd and an even back-tick.
        let code = try Self.page().split(separator: "`", omittingEmptySubsequences: false).enumerated()
            .filter { $0.offset % 2 == 1 }.map { Self.words(in: String($0.element)) }
        #expect(code.contains { $0.contains(name) })
    }

    @Test("every name of smtplib has a test", arguments: Self.names)
    func hasTest(name: String) throws {
        #expect(try Self.displayNames().contains { Self.words(in: $0).contains(name) })
    }

    @Test(
        "every public name of the smtplib of this machine stands on the page",
        .enabled(if: Python.hasSmtplib)
    )
    func nothingIsMissing() async throws {
        let script = """
            import smtplib
            # Names that are no part of the interface but begin without an underscore.
            modules = {n for n in dir(smtplib) if type(getattr(smtplib, n)) is type(smtplib)}
            names = {n for n in dir(smtplib) if not n.startswith('_')} - modules - {'encode_base64'}
            for kind in (smtplib.SMTP, smtplib.SMTP_SSL, smtplib.LMTP):
                names |= {n for n in dir(kind) if not n.startswith('_')}
            print(' '.join(sorted(names)))
            """
        let output = try await Python.run(script)
        let names = output.split { $0.isWhitespace }.map(String.init)
        #expect(names.count > 50)
        let words = try Self.words(in: Self.page())
        for name in names { #expect(words.contains(name), "\(name) has no row") }
    }
}
