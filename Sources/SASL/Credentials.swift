/// User name and password.
///
/// Printing, dumping or reflecting it shows neither the password nor its length.
public struct Credentials: Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable
{
    /// User name, the authentication identity.
    public let username: String
    let password: String

    /// Makes credentials.
    public init(username: String, password: String) {
        self.username = username
        self.password = password
    }

    /// The user name and a placeholder.
    public var description: String { "Credentials(username: \(self.username), password: [redacted])" }
    /// The same as ``description``.
    public var debugDescription: String { self.description }
    /// Shows only the user name.
    public var customMirror: Mirror { Mirror(self, children: ["username": self.username]) }
}
