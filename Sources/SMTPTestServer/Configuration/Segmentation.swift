extension SMTPTestServer {
    /// How replies are cut into writes.
    public enum Segmentation: Sendable, Hashable {
        /// All replies to what one read brought are written together.
        case natural
        /// Every octet is written and flushed by itself, with `TCP_NODELAY`, so that it is sent in a segment
        /// of its own.
        case everyByte
        /// Pieces of at most this many octets are written and flushed one by one; less than 1 counts as 1.
        case chunks(of: Int)

        /// The pieces that are written and flushed one by one; nil when nothing is to be cut.
        func pieces(of octets: [UInt8]) -> [ArraySlice<UInt8>]? {
            let length: Int
            switch self {
            case .natural: return nil
            case .everyByte: length = 1
            case .chunks(let count): length = max(1, count)
            }
            return stride(from: 0, to: octets.count, by: length).map { start in
                octets[start...].prefix(length)
            }
        }
    }
}
