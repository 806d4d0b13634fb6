/// The few shapes of DER (X.690) that certificates for tests need.
enum DER {
    /// One value with its tag and length.
    static func value(_ tag: UInt8, _ contents: [UInt8]) -> [UInt8] {
        var length: [UInt8] = []
        var rest = contents.count
        while rest > 0 {
            length.insert(UInt8(truncatingIfNeeded: rest), at: 0)
            rest >>= 8
        }
        if contents.count < 128 { return [tag, UInt8(contents.count)] + contents }
        return [tag, 0x80 | UInt8(length.count)] + length + contents
    }

    /// A sequence of values.
    static func sequence(_ values: [[UInt8]]) -> [UInt8] {
        self.value(0x30, values.flatMap(\.self))
    }
}
