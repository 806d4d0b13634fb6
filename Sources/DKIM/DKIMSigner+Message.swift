extension DKIMSigner {
    /// The DKIM-Signature field of a message in memory, folded and ended by CRLF: put it in front of the message.
    ///
    /// - Parameters:
    ///   - message: The message as it goes out, before dot-stuffing. CR and LF outside CRLF count as CRLF.
    ///   - secondsSince1970: The time of signing.
    /// - Throws: ``DKIMError`` for a message without From, with a header that has no end, is malformed or longer
    ///   than 1 MiB, or for a time that does not fit.
    public func signature(
        for message: [UInt8],
        secondsSince1970: Int64
    ) throws(DKIMError) -> [UInt8] {
        try Self.signatures(for: message, by: [self], secondsSince1970: secondsSince1970)
    }

    /// A message in memory with one DKIM-Signature field for each signer in front, in their order.
    ///
    /// - Parameters:
    ///   - message: As for ``signature(for:secondsSince1970:)``; it stays as it is.
    ///   - signers: Each signs without regard to the others' signatures.
    ///   - secondsSince1970: The time of signing.
    /// - Throws: As ``signature(for:secondsSince1970:)``.
    public static func sign(
        _ message: [UInt8],
        with signers: [DKIMSigner],
        secondsSince1970: Int64
    ) throws(DKIMError) -> [UInt8] {
        try Self.signatures(for: message, by: signers, secondsSince1970: secondsSince1970) + message
    }

    private static func signatures(
        for message: [UInt8],
        by signers: [DKIMSigner],
        secondsSince1970: Int64
    ) throws(DKIMError) -> [UInt8] {
        var signing = try DKIMSigning(signers, secondsSince1970: secondsSince1970)
        try signing.append(message.span)
        return try signing.finish()
    }
}
