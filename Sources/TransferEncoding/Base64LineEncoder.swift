/// Writes the octets of a body as base64 in lines of 76 symbols (RFC 2045 section 6.8), piece by piece.
///
/// How the octets are split into pieces makes no difference to the text.
package struct Base64LineEncoder: Sendable {
    /// Groups of four symbols in a full line.
    private static let groupsPerLine = 19

    /// Octets that wait for the rest of their group, none, one or two.
    private var first: UInt8?
    private var second: UInt8?
    /// Groups that the unfinished line has.
    private var lineGroups = 0

    /// An encoder at the start of a body.
    package init() {}

    /// Length of the text of `count` octets with its line ends; nil when it is above `UInt64.max`.
    package static func encodedLength(of count: UInt64) -> UInt64? {
        let groups = count / 3 + (count % 3 > 0 ? 1 : 0)
        let perLine = UInt64(Self.groupsPerLine)
        let lines = groups / perLine + (groups % perLine > 0 ? 1 : 0)
        let (symbols, isTooMany) = groups.multipliedReportingOverflow(by: 4)
        let (length, isTooLong) = symbols.addingReportingOverflow(2 * lines)
        return isTooMany || isTooLong ? nil : length
    }

    /// Appends the text of all octets that make whole groups of three.
    package mutating func encode(_ octets: Span<UInt8>, into output: inout [UInt8]) {
        var start = 0
        if let first = self.first {
            guard octets.count > (self.second == nil ? 1 : 0) else {
                if !octets.isEmpty { self.second = octets[0] }
                return
            }
            let group = [first, self.second ?? octets[0], octets[self.second == nil ? 1 : 0]]
            start = self.second == nil ? 2 : 1
            self.encodeGroups(group.span, count: 1, into: &output)
        }
        let rest = octets.extracting(start..<octets.count)
        let groups = rest.count / 3
        self.encodeGroups(rest, count: groups, into: &output)
        self.first = rest.count > 3 * groups ? rest[3 * groups] : nil
        self.second = rest.count > 3 * groups + 1 ? rest[3 * groups + 1] : nil
    }

    /// Appends the padded last group and the end of the last line; a body without octets has no line.
    package mutating func finish(into output: inout [UInt8]) {
        if let first = self.first {
            output += Base64.lastGroup(first, self.second)
            self.lineGroups += 1
        }
        if self.lineGroups > 0 { output += [0x0D, 0x0A] }
        self = Self()
    }

    /// Appends groups and the ends of the lines that become full.
    private mutating func encodeGroups(_ octets: Span<UInt8>, count: Int, into output: inout [UInt8]) {
        var place = output.count
        let lines = (self.lineGroups + count) / Self.groupsPerLine
        output.append(contentsOf: repeatElement(0, count: 4 * count + 2 * lines))
        var symbols = output.mutableSpan
        var group = 0
        while group < count {
            let length = min(Self.groupsPerLine - self.lineGroups, count - group)
            let line = octets.extracting(3 * group..<3 * (group + length))
            Base64.encodeGroups(line, count: length, into: &symbols, at: place)
            group += length
            place += 4 * length
            self.lineGroups += length
            if self.lineGroups == Self.groupsPerLine {
                symbols[place] = 0x0D
                symbols[place + 1] = 0x0A
                place += 2
                self.lineGroups = 0
            }
        }
    }
}
