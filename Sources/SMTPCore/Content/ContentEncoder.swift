package import NIOCore

/// Streaming line normaliser and dot-stuffer: octets as the writer has them in, octets for the wire out.
///
/// One pass over the octets, many at a time where nothing needs a change. A piece that needs none goes through
/// as it is, without a copy. All state survives any cut, so the result does not depend on how the content is
/// divided (RFC 5321 sections 2.3.8 and 4.5.2).
package struct ContentEncoder: Sendable {
    /// What the octets are encoded for.
    package enum Purpose: Sendable, Hashable {
        /// DATA: lines normalised, a dot doubled at the start of a line, CRLF "." CRLF at the end.
        case data
        /// BDAT of text: lines normalised, nothing else.
        case chunkedText
    }

    private let purpose: Purpose
    private let rules: ContentRules
    private let allowsEightBit: Bool

    private var isAtLineStart = true
    private var hasPendingCR = false
    private var lineLength = 0
    private var consumed: UInt64 = 0
    /// All octets that came by, ORed.
    private var union: UInt8 = 0
    private var isInHeader = true
    private var hasEightBitHeader = false
    /// Octets given out so far, without doubled dots and without the terminator.
    package private(set) var octetCount: UInt64 = 0
    /// Whether the octets given out are those taken in, but for the terminator.
    package private(set) var isUnchanged = true

    package init(purpose: Purpose, rules: ContentRules = ContentRules(), allowsEightBit: Bool = true) {
        self.purpose = purpose
        self.rules = rules
        self.allowsEightBit = allowsEightBit
    }

    /// Encodes one piece.
    ///
    /// - Throws: ``ContentError`` when the content breaks the rules; what was returned before stays valid,
    ///   the content as a whole must not be completed then.
    package mutating func encode(_ piece: ByteBuffer) throws(ContentError) -> ByteBuffer {
        var output = Output(piece: piece, isKept: true)
        try self.take(piece, into: &output)
        return output.finish()
    }

    /// Takes one piece for what there is to know about it only; nothing is copied.
    ///
    /// - Throws: ``ContentError`` when the content breaks the rules.
    package mutating func survey(_ piece: ByteBuffer) throws(ContentError) {
        var output = Output(piece: piece, isKept: false)
        try self.take(piece, into: &output)
    }

    private mutating func take(_ piece: ByteBuffer, into output: inout Output) throws(ContentError) {
        let octets = piece.readableBytesUInt8Span
        guard !octets.isEmpty else { return }
        var index = 0
        if self.hasPendingCR {
            self.hasPendingCR = false
            if octets[0] == UInt8(ascii: "\n") {
                index = 1
            } else {
                try self.changeBareLineEnd(at: self.consumed - 1)
            }
            output.replace(upTo: index, with: "\r\n")
            self.endLine()
        }
        while index < octets.count {
            index = self.skipClean(octets, from: index)
            let limit = min(index + OctetScanner.windowLength, octets.count)
            try self.step(octets, from: &index, to: limit, into: &output)
        }
        self.octetCount += UInt64(octets.count + output.growth)
        self.consumed += UInt64(octets.count)
    }

    /// Octet by octet where something is special: from `index` until `limit` is reached, or one octet behind
    /// it.
    private mutating func step(
        _ octets: Span<UInt8>,
        from index: inout Int,
        to limit: Int,
        into output: inout Output
    ) throws(ContentError) {
        while index < limit {
            if self.isAtLineStart {
                self.isAtLineStart = false
                if self.purpose == .data, octets[index] == UInt8(ascii: ".") {
                    output.stuffDot(at: index)
                    self.isUnchanged = false
                }
            }
            let special = OctetScanner.firstSpecial(in: octets, index..<limit, union: &self.union)
            self.lineLength += special - index
            try self.checkRun(index..<special, of: octets)
            index = special
            guard index < limit else { break }
            switch octets[index] {
            case UInt8(ascii: "\r") where index + 1 == octets.count:
                // Its LF may be the first octet of the next piece.
                self.hasPendingCR = true
                output.drop(at: index)
                index += 1
            case UInt8(ascii: "\r") where octets[index + 1] == UInt8(ascii: "\n"):
                index += 2
                self.endLine()
            case UInt8(ascii: "\r"), UInt8(ascii: "\n"):
                try self.changeBareLineEnd(at: self.consumed + UInt64(index))
                output.skip(at: index, insteadWriting: "\r\n")
                index += 1
                self.endLine()
            case 0:
                throw ContentError(.nul, position: self.consumed + UInt64(index))
            default:
                index += 1
                self.lineLength += 1
                try self.checkRun((index - 1)..<index, of: octets)
            }
        }
    }

    /// Passes over octets that need no change and break no rule, a window at a time; returns where it got to.
    ///
    /// It stops in front of a window that has anything else, or may have: what that is, is found octet by
    /// octet.
    private mutating func skipClean(_ octets: Span<UInt8>, from start: Int) -> Int {
        // A window looks one octet back and, in a header, one ahead.
        guard octets.count - start >= 34 else { return start }
        switch octets[start] {
        case 0, UInt8(ascii: "\n"): return start
        case UInt8(ascii: "."), UInt8(ascii: "\r"):
            if self.isAtLineStart { return start }
        case 0x80...:
            if !self.allowsEightBit { return start }
        default: break
        }
        let maximum = self.rules.maximumLineLength ?? .max
        // No line has more octets than this at the end of what was passed over.
        var longest = self.lineLength + 1
        var last = start
        while octets.count - last >= 34 {
            let count = min(octets.count - last - 2, OctetScanner.windowLength)
            guard longest <= maximum - count else { break }
            let window =
                self.isInHeader
                ? OctetScanner.headerWindow(of: octets, behind: last, count: count)
                : OctetScanner.window(of: octets, behind: last, count: count)
            guard window.isClean, self.allowsEightBit || window.union < 0x80 else { break }
            self.union |= window.union
            longest = window.hasLineEnd ? count : longest + count
            last += count
        }
        guard last > start else { return start }
        self.union |= octets[start]
        // A CR is left for its LF to come.
        let end = octets[last] == UInt8(ascii: "\r") ? last : last + 1
        var lineStart = end
        while lineStart > start, octets[lineStart - 1] != UInt8(ascii: "\n") { lineStart -= 1 }
        self.lineLength = end - lineStart + (lineStart > start ? 0 : self.lineLength)
        self.isAtLineStart = lineStart == end
        return end
    }

    /// Octets that complete the content: the line end a CR at the very end stands for and, for DATA, the line
    /// end a last line lacks and the terminator.
    package mutating func finish() throws(ContentError) -> ByteBuffer {
        var end = ByteBuffer()
        if self.hasPendingCR {
            try self.changeBareLineEnd(at: self.consumed - 1)
            self.hasPendingCR = false
            self.endLine()
            end.writeStaticString("\r\n")
        }
        if self.purpose == .data, !self.isAtLineStart {
            self.isUnchanged = false
            end.writeStaticString("\r\n")
        }
        self.octetCount += UInt64(end.readableBytes)
        if self.purpose == .data { end.writeStaticString(".\r\n") }
        return end
    }

    /// Whether the last line, once the content is finished, has no line end; only text sent by BDAT may.
    package var lacksFinalLineEnd: Bool { self.purpose == .chunkedText && !self.isAtLineStart }

    /// Whether an octet above 0x7F came by.
    package var hasEightBitOctets: Bool { self.union >= 0x80 }

    /// Whether one came by before the first empty line.
    package var sawEightBitHeader: Bool { self.isInHeader ? self.hasEightBitOctets : self.hasEightBitHeader }

    private mutating func endLine() {
        if self.isInHeader, self.lineLength == 0 {
            self.isInHeader = false
            self.hasEightBitHeader = self.hasEightBitOctets
        }
        self.isAtLineStart = true
        self.lineLength = 0
    }

    private mutating func changeBareLineEnd(at position: UInt64) throws(ContentError) {
        guard self.rules.lineEnds == .normalize else { throw ContentError(.bareLineEnd, position: position) }
        self.isUnchanged = false
    }

    /// Checks octets just counted to the line.
    ///
    /// The first octet that breaks a rule is the one reported, so that the error does not depend on where
    /// pieces end.
    private func checkRun(_ run: Range<Int>, of octets: Span<UInt8>) throws(ContentError) {
        let excess = self.lineLength - (self.rules.maximumLineLength ?? .max)
        let isForbidden = !self.allowsEightBit && self.hasEightBitOctets
        guard excess > 0 || isForbidden else { return }
        let eightBit = isForbidden ? run.first { octets[$0] >= 0x80 } : nil
        if excess > 0, run.upperBound - excess <= eightBit ?? .max {
            throw ContentError(
                .lineTooLong,
                position: self.consumed + UInt64(run.upperBound - excess)
            )
        }
        guard let eightBit else { return }
        throw ContentError(.eightBit, position: self.consumed + UInt64(eightBit))
    }
}

extension ContentEncoder {
    /// The encoded form of one piece: the piece until the first change, a copy with the changes after it.
    ///
    /// Indices count from the first readable octet.
    private struct Output {
        private let piece: ByteBuffer
        private let isKept: Bool
        private var copy: ByteBuffer?
        private var runStart = 0
        /// Octets more than the piece has, doubled dots not counted.
        private(set) var growth = 0

        /// - Parameter isKept: Whether the encoded form is wanted, not only its length.
        init(piece: ByteBuffer, isKept: Bool) {
            self.piece = piece
            self.isKept = isKept
        }

        private mutating func write(upTo index: Int, and text: StaticString = "") {
            guard self.isKept else { return }
            var copy = self.copy ?? ByteBufferAllocator().buffer(capacity: self.piece.readableBytes + 64)
            self.copy = nil
            copy.writeBytes(self.piece.readableBytesSpan.extracting(self.runStart..<index))
            copy.writeStaticString(text)
            self.copy = copy
            self.runStart = index
        }

        mutating func stuffDot(at index: Int) {
            self.write(upTo: index, and: ".")
        }

        mutating func skip(at index: Int, insteadWriting text: StaticString) {
            self.write(upTo: index, and: text)
            self.runStart = index + 1
            self.growth += text.utf8CodeUnitCount - 1
        }

        /// Writes a text instead of the first octets of the piece.
        mutating func replace(upTo index: Int, with text: StaticString) {
            self.write(upTo: 0, and: text)
            self.runStart = index
            self.growth += text.utf8CodeUnitCount - index
        }

        /// Leaves out the last octet of the piece.
        mutating func drop(at index: Int) {
            if self.copy == nil, self.runStart == 0 {
                self.copy = self.piece.getSlice(at: self.piece.readerIndex, length: index)
            } else {
                self.write(upTo: index)
            }
            self.runStart = index + 1
            self.growth -= 1
        }

        mutating func finish() -> ByteBuffer {
            guard self.copy != nil else { return self.piece }
            if self.runStart < self.piece.readableBytes { self.write(upTo: self.piece.readableBytes) }
            return self.copy ?? self.piece
        }
    }
}
