/// A reader of scripted octets that finds the code of the first complete reply in them.
///
/// Octets may come in pieces. A line ends with LF; the last line of a reply is the first one that has no
/// hyphen behind its code. Lines that are not reply lines are passed over.
struct ReplyScanner {
    private var line: [UInt8] = []

    /// The code, as soon as the first reply is complete.
    mutating func scan(_ octets: [UInt8]) -> Int? {
        for octet in octets {
            if octet == .lineFeed {
                let code = Self.finalCode(of: self.line)
                self.line.removeAll(keepingCapacity: true)
                if let code { return code }
            } else if self.line.count < 4 {
                self.line.append(octet)
            }
        }
        return nil
    }

    private static func finalCode(of line: [UInt8]) -> Int? {
        guard line.count >= 3, line.prefix(3).allSatisfy(\.isASCIIDigit) else { return nil }
        if line.count > 3, line[3] != .space, line[3] != .carriageReturn { return nil }
        return line.prefix(3).reduce(0) { $0 * 10 + Int($1 - 0x30) }
    }
}
