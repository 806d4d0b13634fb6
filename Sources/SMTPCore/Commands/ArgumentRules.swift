/// Character checks shared by every argument of a command.
enum ArgumentRules {
    /// Position of the first octet that must never stand in a command: 0x00 to 0x1F, 0x7F, and the C1
    /// controls and line separators of Unicode, which some readers take for line ends.
    static func firstControl(in bytes: some Sequence<UInt8>) -> (position: Int, byte: UInt8)? {
        var previous: (UInt8, UInt8) = (0, 0)
        for (position, byte) in bytes.enumerated() {
            if byte < 0x20 || byte == 0x7F { return (position, byte) }
            if byte >= 0x80 {
                // U+0080...U+009F are C2 80...C2 9F; U+2028 and U+2029 are E2 80 A8 and E2 80 A9.
                if previous.1 == 0xC2, byte <= 0x9F { return (position, byte) }
                if previous == (0xE2, 0x80), byte == 0xA8 || byte == 0xA9 { return (position, byte) }
            }
            previous = (previous.1, byte)
        }
        return nil
    }

    /// Throws for control characters, and for octets above 0x7F unless `allowsUTF8`.
    static func check(_ text: String, argument: String, allowsUTF8: Bool) throws(CommandError) {
        if let found = self.firstControl(in: text.utf8) {
            throw CommandError(
                .controlCharacter,
                argument: argument,
                position: found.position,
                byte: found.byte
            )
        }
        guard !allowsUTF8 else { return }
        for (position, byte) in text.utf8.enumerated() where byte >= 0x80 {
            throw CommandError(.nonASCII, argument: argument, position: position, byte: byte)
        }
    }

    /// Throws unless every octet satisfies `isAllowed`; controls are reported as such.
    static func check(
        _ text: String,
        argument: String,
        maximumLength: Int,
        isAllowed: (UInt8) -> Bool
    ) throws(CommandError) {
        guard !text.isEmpty else { throw CommandError(.empty, argument: argument) }
        for (position, byte) in text.utf8.enumerated() where !isAllowed(byte) {
            let reason: CommandError.Reason =
                byte < 0x20 || byte == 0x7F
                ? .controlCharacter : byte >= 0x80 ? .nonASCII : .unexpectedCharacter
            throw CommandError(reason, argument: argument, position: position, byte: byte)
        }
        guard text.utf8.count <= maximumLength else {
            throw CommandError(.tooLong(limit: maximumLength), argument: argument, position: maximumLength)
        }
    }

    static func isAlphanumeric(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "a")...UInt8(ascii: "z"):
            true
        default: false
        }
    }

    static func isPrintable(_ byte: UInt8) -> Bool { (0x21...0x7E).contains(byte) }
}
