import AsyncSMTP

/// Somebody who gets the newsletter.
struct Subscriber: Sendable {
    let name: String
    let address: String

    /// Subscribers with addresses of their own, or all with this one.
    static func some(_ count: Int, address: String?) -> [Subscriber] {
        (1...count).map {
            Subscriber(
                name: "Subscriber \($0)",
                address: address ?? "subscriber-\($0)@example.net"
            )
        }
    }

    func letter() throws -> Message {
        var letter = try Message(
            from: "The Editors <editors@example.org>",
            to: "\(self.name) <\(self.address)>",
            subject: "News for \(self.name)",
            text: "Dear \(self.name),\n\nthere is no news.\n"
        )
        letter.listUnsubscribe = try ListUnsubscribe(uris: ["mailto:leave@example.org"])
        return letter
    }
}
