/// What makes a message different from any other: random, so that it tells nothing about the machine or the sender.
struct MessageIdentity: Sendable, Hashable {
    /// Left side of the Message-ID.
    let messageIDToken: String
    /// Stands in every boundary.
    let boundaryToken: String

    /// An identity of twice 130 bits from the system's generator.
    static func drawn() -> MessageIdentity {
        // Not a generator handed on by reference: it has no octets, and the thread sanitizer ends where one is passed.
        MessageIdentity { .random(in: .min ... .max) }
    }

    /// An identity of what `next` gives.
    init(_ next: () -> UInt64) {
        self.messageIDToken = Self.token(next)
        self.boundaryToken = Self.token(next)
    }

    /// 26 letters and digits, which hold 130 bits.
    private static func token(_ next: () -> UInt64) -> String {
        let symbols = Array("abcdefghijklmnopqrstuvwxyz234567".utf8)
        let octets = (0..<26).map { _ in symbols[Int(next() >> 59)] }
        return String(decoding: octets, as: UTF8.self)
    }
}
