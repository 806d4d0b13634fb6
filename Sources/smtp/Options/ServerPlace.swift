internal import AsyncSMTP
internal import Foundation

/// A server URL, and the user who may stand in it.
struct ServerPlace {
    let server: SMTPServer
    let user: String?

    private static let noPassword =
        "a password must not stand in the URL: use SMTP_PASSWORD, --password-file or the prompt"

    /// Takes a URL apart.
    ///
    /// - Throws: ``ToolError`` with ``ExitStatus/usage``, also for a password in it: other users of the machine can
    ///   read command lines.
    init(url: String) throws {
        var url = url
        var user: String?
        // A password is in front of the last @, wherever it was meant to stand; no message repeats such a URL.
        let place = url.firstRange(of: "://").map { url[$0.upperBound...] } ?? url[...]
        if let at = place.lastIndex(of: "@"), place[..<at].contains(":") || !url.contains("://") {
            throw ToolError(.usage, Self.noPassword)
        }
        if let scheme = url.firstRange(of: "://"), !url[..<scheme.lowerBound].hasSuffix("+unix") {
            let authority = url[scheme.upperBound...].prefix { $0 != "/" && $0 != "?" }
            if let at = authority.lastIndex(of: "@") {
                guard let decoded = String(authority[..<at]).removingPercentEncoding, !decoded.isEmpty else {
                    throw ToolError(.usage, "the user in the URL cannot be read")
                }
                user = decoded
                url.removeSubrange(scheme.upperBound...at)
            }
        }
        do throws(SMTPError) {
            self.server = try SMTPServer(url: url)
        } catch {
            throw ToolError(.usage, error.message)
        }
        self.user = user
    }
}
