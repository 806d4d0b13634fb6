/// The server's first message of SCRAM: its nonce, the salt, the iteration count (RFC 5802 section 7).
struct SCRAMServerFirst: Sendable {
    /// Digits an iteration count may have; ten are more than PBKDF2 takes.
    private static let maximumDigits = 10

    /// The message as it came, which the proofs include.
    let octets: [UInt8]
    let nonce: String
    let salt: [UInt8]
    let iterations: Int

    /// Reads the message.
    ///
    /// - Throws: ``SASLError`` for a message that breaks the grammar, that has an extension which must be
    ///   understood, whose nonce does not continue the client's, or which is the server's refusal.
    init(_ octets: [UInt8], clientNonce: String) throws(SASLError) {
        guard octets.count <= ServerText.maximumChallenge else { throw SASLError(.malformedChallenge) }
        let fields = octets.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false)
        if let reason = fields.first.flatMap({ Self.value(of: $0, "e") }) {
            throw SASLError(.rejected(ServerText.escaped(reason)))
        }
        guard fields.count >= 3,
            let nonce = Self.value(of: fields[0], "r"),
            let salt = Self.value(of: fields[1], "s").flatMap({ Base64.decode($0) }), !salt.isEmpty,
            let digits = Self.value(of: fields[2], "i"),
            fields.dropFirst(3).allSatisfy(Self.isOptionalExtension)
        else { throw SASLError(.malformedChallenge) }
        guard nonce.allSatisfy({ (0x21...0x7E).contains($0) }), nonce.starts(with: clientNonce.utf8),
            nonce.count > clientNonce.utf8.count
        else { throw SASLError(.serverNotAuthentic("its nonce does not continue the client's")) }
        guard let first = digits.first, first != UInt8(ascii: "0"),
            digits.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) })
        else { throw SASLError(.malformedChallenge) }
        guard digits.count <= Self.maximumDigits,
            let iterations = Int(String(decoding: digits, as: UTF8.self))
        else { throw SASLError(.iterationCount("far too many")) }
        self.octets = octets
        self.nonce = String(decoding: nonce, as: UTF8.self)
        self.salt = salt
        self.iterations = iterations
    }

    /// What stands behind `name=`, not empty; nil for a field of another name.
    static func value(of field: ArraySlice<UInt8>, _ name: Unicode.Scalar) -> ArraySlice<UInt8>? {
        guard field.count > 2, field.starts(with: [UInt8(ascii: name), UInt8(ascii: "=")]) else { return nil }
        return field.dropFirst(2)
    }

    /// Whether a field is an extension that may be ignored: a letter other than `m`, `=`, anything.
    private static func isOptionalExtension(_ field: ArraySlice<UInt8>) -> Bool {
        guard let letter = field.first, field.dropFirst().first == UInt8(ascii: "=") else { return false }
        return letter != UInt8(ascii: "m") && Unicode.Scalar(letter).properties.isAlphabetic && letter < 0x80
    }
}
