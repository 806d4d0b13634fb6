/// A `saslname` (RFC 5802 section 5.1): `=2C` stands for a comma, `=3D` for an equals sign.
enum SCRAMName {
    /// The name; nil when an equals sign stands for nothing.
    static func decode(_ text: Substring) -> String? {
        let pieces = text.split(separator: "=", omittingEmptySubsequences: false)
        var name = pieces.first.map { String($0) } ?? ""
        for piece in pieces.dropFirst() {
            if piece.hasPrefix("2C") {
                name += ","
            } else if piece.hasPrefix("3D") {
                name += "="
            } else {
                return nil
            }
            name += piece.dropFirst(2)
        }
        return name
    }
}
