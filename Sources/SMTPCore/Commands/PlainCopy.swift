/// Copies text and notes on the way whether all of it is 0x20 to 0x7E, so that nothing else need be checked.
struct PlainCopy {
    private var least: UInt8 = 0xFF
    private var most: UInt8 = 0

    /// Whether nothing but printable ASCII and spaces was copied.
    var isPlain: Bool { self.least >= 0x20 && self.most < 0x7F }

    /// Copies a text; there must be room for it.
    mutating func append(_ text: String, to output: inout OutputRawSpan) {
        for octet in text.utf8 {
            self.least = min(self.least, octet)
            self.most = max(self.most, octet)
            output.append(octet)
        }
    }
}
