/// The reader of encoded-words (RFC 2047 §6.2) in unstructured text and in names.
///
/// It is for text that was taken out of its field already: what it returns is for people, and never read as
/// addresses or as anything else that has a syntax. A word that is malformed, or in a character set that is not
/// known, stays as it was written. Controls and line separators become U+FFFD, so that the text can be written into
/// another header.
struct EncodedWordDecoder {
    private var output = String.UnicodeScalarView()
    /// Octets of adjacent words in one character set: some programs divide a character between two words.
    private var octets: [UInt8] = []
    private var charset: EncodedWordCharset?

    private init() {}

    /// The text with its encoded-words decoded; a tab becomes a space.
    static func decode(_ text: String) -> String { Self.decode(text.utf8) }

    /// The same of octets; what is not UTF-8 becomes U+FFFD.
    static func decode(_ text: some Collection<UInt8>) -> String {
        var decoder = EncodedWordDecoder()
        var rest = Array(text)[...]
        while !rest.isEmpty {
            let blanks = rest.prefix(while: HeaderOctet.isBlank)
            rest = rest.dropFirst(blanks.count)
            let token = rest.prefix { !HeaderOctet.isBlank($0) }
            rest = rest.dropFirst(token.count)
            decoder.take(token, behind: blanks.count)
        }
        decoder.endWords()
        return String(decoder.output)
    }

    private mutating func take(_ token: ArraySlice<UInt8>, behind blanks: Int) {
        guard let words = EncodedWord.words(in: token) else {
            self.endWords()
            self.appendSpaces(blanks)
            self.append(String(decoding: token, as: UTF8.self).unicodeScalars)
            return
        }
        // White space between two encoded-words is no part of the text.
        if self.charset == nil { self.appendSpaces(blanks) }
        for word in words {
            if word.charset != self.charset { self.endWords() }
            self.charset = word.charset
            self.octets += word.octets
        }
    }

    private mutating func endWords() {
        guard let charset else { return }
        self.append(charset.scalars(self.octets))
        self.octets = []
        self.charset = nil
    }

    private mutating func appendSpaces(_ count: Int) {
        self.output.append(contentsOf: repeatElement(" ", count: count))
    }

    private mutating func append(_ scalars: some Sequence<Unicode.Scalar>) {
        for scalar in scalars {
            self.output.append(Self.isForbidden(scalar) ? "\u{FFFD}" : scalar)
        }
    }

    private static func isForbidden(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0..<0x20, 0x7F..<0xA0, 0x2028, 0x2029: true
        default: false
        }
    }
}
