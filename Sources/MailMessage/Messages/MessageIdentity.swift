/// What makes a message different from any other: random, so that it tells nothing about the machine or the sender.
struct MessageIdentity: Sendable, Hashable {
    /// Left side of the Message-ID.
    let messageIDToken: String
    /// Stands in every boundary.
    let boundaryToken: String

    /// Draws an identity of twice 128 bits.
    init(using generator: inout some RandomNumberGenerator) {
        self.messageIDToken = Self.token(using: &generator)
        self.boundaryToken = Self.token(using: &generator)
    }

    /// 26 letters and digits, which hold 130 bits.
    private static func token(using generator: inout some RandomNumberGenerator) -> String {
        let symbols = Array("abcdefghijklmnopqrstuvwxyz234567".utf8)
        let octets = (0..<26).map { _ in symbols[Int(generator.next() as UInt64 >> 59)] }
        return String(decoding: octets, as: UTF8.self)
    }
}
