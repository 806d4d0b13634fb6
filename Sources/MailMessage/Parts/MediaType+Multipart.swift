extension MediaType {
    /// Parts of different kinds, one after the other (RFC 2046 section 5.1.3).
    public static let mixed = MediaType(known: "multipart", "mixed")
    /// The same content in several forms, the plainest first (RFC 2046 section 5.1.4).
    public static let alternative = MediaType(known: "multipart", "alternative")
    /// Plain text whose lines may be broken anew (RFC 3676).
    static let flowedText = MediaType.plainText.setting(Parameter(known: "format", "flowed"))

    /// A part and what it shows, the part first (RFC 2387).
    static func related(to root: MediaType) -> MediaType {
        MediaType(known: "multipart", "related").setting(Parameter(known: "type", root.essence))
    }
}
