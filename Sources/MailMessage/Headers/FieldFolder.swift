/// The lines of one header field, folded as they grow (RFC 5322 §2.2.3).
///
/// A fold is only ever made before white space that the field has anyway, and only where something visible
/// follows it; so unfolding gives exactly what was put in, and no line consists of white space alone.
struct FieldFolder {
    /// The greatest length of a line in octets, CRLF not counted (RFC 5322 §2.1.1).
    static let hardLimit = 998

    /// The length that lines are folded to where they can be (RFC 5322 §2.1.1).
    static let softLimit = 78

    /// The greatest length of a line with an encoded-word (RFC 2047 §2).
    static let encodedWordLimit = 76

    /// The field so far, without its last CRLF.
    private(set) var octets: [UInt8]

    private let name: FieldName
    private var lineStart = 0
    private var lineHasEncodedWord = false

    /// Begins a field with its name and a colon.
    init(_ name: FieldName) {
        self.name = name
        octets = Array(name.description.utf8) + [HeaderOctet.colon]
    }

    /// How many octets fit on the line behind `space` without making it longer than `limit`.
    func room(behind space: Int, limit: Int) -> Int {
        let limit = lineHasEncodedWord ? min(limit, Self.encodedWordLimit) : limit
        return limit - (octets.count - lineStart) - space
    }

    /// Appends a token behind white space, on a new line when the token does not fit and would fit there.
    ///
    /// - Parameters:
    ///   - token: Octets that stay together; not empty, not all white space.
    ///   - space: One or more spaces, which stay before the token.
    ///   - isEncodedWord: Whether the line becomes one with an encoded-word.
    /// - Throws: ``MessageError`` with ``MessageError/Reason/lineTooLong`` when no line can hold the token.
    mutating func append(
        _ token: some Collection<UInt8>,
        behind space: some Collection<UInt8> = CollectionOfOne(HeaderOctet.space),
        isEncodedWord: Bool = false
    ) throws(MessageError) {
        let limit = isEncodedWord ? Self.encodedWordLimit : Self.softLimit
        let length = space.count + token.count
        // A token that is too long for any line gains nothing from a line of its own behind the name.
        let isHopeless = lineStart == 0 && octets.count == name.description.utf8.count + 1 && length > limit
        let fits = room(behind: space.count, limit: isHopeless ? Self.hardLimit : limit) >= token.count
        if !fits { fold() }
        octets += space
        octets += token
        lineHasEncodedWord = lineHasEncodedWord || isEncodedWord
        guard octets.count - lineStart <= Self.hardLimit else {
            throw MessageError(
                .lineTooLong,
                field: name.description,
                detail: String(decoding: token, as: UTF8.self)
            )
        }
    }

    /// Ends the line; the next token follows with its white space on a new one.
    private mutating func fold() {
        octets += [HeaderOctet.carriageReturn, HeaderOctet.lineFeed]
        lineStart = octets.count
        lineHasEncodedWord = false
    }

    /// Appends octets that carry their own folds; they are checked by ``FieldCheck`` like all others.
    mutating func appendVerbatim(_ text: String) {
        octets += text.utf8
    }
}
