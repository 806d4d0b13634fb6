/// A BDAT command and what is left of its octets (RFC 3030 section 2).
struct Chunk {
    /// Who answers the chunk.
    enum Answer {
        /// The reply is due when the octets have arrived.
        case due
        /// The script has answered the command already, or keeps silent; whether it accepted the chunk.
        case given(isPositive: Bool)
    }

    let size: Int
    let isLast: Bool
    var remaining: Int
    var answer: Answer

    /// Reads `size` or `size LAST`; nil when the argument is neither.
    init?(argument: String) {
        let parts = argument.split(separator: " ", omittingEmptySubsequences: false)
        guard let digits = parts.first, !digits.isEmpty, digits.utf8.allSatisfy(\.isASCIIDigit) else {
            return nil
        }
        guard let size = Int(digits) else { return nil }
        guard parts.count == 1 || (parts.count == 2 && parts[1].uppercased() == "LAST") else { return nil }
        self.size = size
        self.isLast = parts.count == 2
        self.remaining = size
        self.answer = .due
    }
}
