/// Value of HOLDFOR or HOLDUNTIL: when a submission server may release the message (RFC 4865).
public struct FutureRelease: Sendable, Hashable {
    let parameter: ESMTPParameter

    /// Holds the message for a time.
    ///
    /// - Parameter seconds: 1 to 999 999 999.
    /// - Throws: ``CommandError`` when it is outside that range.
    public static func holdFor(seconds: Int) throws(CommandError) -> FutureRelease {
        guard (1...999_999_999).contains(seconds) else {
            throw CommandError(.invalidValue, argument: "HOLDFOR")
        }
        return FutureRelease(parameter: ESMTPParameter(keyword: "HOLDFOR", encoded: String(seconds)))
    }

    /// Holds the message until a moment.
    ///
    /// - Parameter timestamp: Internet date and time in UTC, `2026-12-24T18:00:00Z` (RFC 3339).
    /// - Throws: ``CommandError`` that names the octet which does not fit.
    public static func holdUntil(_ timestamp: String) throws(CommandError) -> FutureRelease {
        let pattern = "dddd-dd-ddTdd:dd:ddZ".utf8
        for (position, (expected, byte)) in zip(pattern, timestamp.utf8).enumerated() {
            let fits =
                expected == UInt8(ascii: "d")
                ? (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) : expected == byte
            guard fits else {
                throw CommandError(
                    .unexpectedCharacter,
                    argument: "HOLDUNTIL",
                    position: position,
                    byte: byte
                )
            }
        }
        guard timestamp.utf8.count == pattern.count else {
            throw CommandError(.invalidValue, argument: "HOLDUNTIL")
        }
        return FutureRelease(parameter: ESMTPParameter(keyword: "HOLDUNTIL", encoded: timestamp))
    }
}
