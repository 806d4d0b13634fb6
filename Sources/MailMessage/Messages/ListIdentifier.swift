/// Name of a mailing list: List-Id (RFC 2919).
public struct ListIdentifier: Sendable, Hashable {
    /// What people call the list.
    public var name: String?
    /// What machines call it, such as `news.example.org`; ASCII, at most 255 octets.
    public var id: String

    /// Makes an identifier; it is checked when the message is rendered.
    public init(_ id: String, name: String? = nil) {
        self.id = id
        self.name = name
    }
}
