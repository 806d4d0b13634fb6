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

    func letter() throws -> RawMessage {
        RawMessage(
            .text(
                """
                From: The Editors <editors@example.org>
                To: \(self.name) <\(self.address)>
                Subject: News for \(self.name)
                Date: Mon, 01 Jun 2026 12:00:00 +0000
                List-Unsubscribe: <mailto:leave@example.org>

                Dear \(self.name),

                there is no news.

                """
            ),
            envelope: try Envelope(from: "bounces@example.org", to: [self.address])
        )
    }
}
