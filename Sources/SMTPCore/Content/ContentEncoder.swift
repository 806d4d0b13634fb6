package import NIOCore

/// Streaming line normaliser and dot-stuffer: octets as the writer has them in, octets for the wire out.
///
/// One pass over the octets, eight at a time where nothing special stands among them. A piece that needs no
/// change goes through as it is, without a copy. All state survives any cut, so the result does not depend on
/// how the content is divided (RFC 5321 sections 2.3.8 and 4.5.2).
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
    private var eightBitMask: UInt64 = 0
    private var isInHeader = true
    private var hasEightBitHeader = false
    /// Octets given out so far, without doubled dots and without the terminator.
    package private(set) var octetCount: UInt64 = 0

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
        var output = Output(piece: piece)
        let end = piece.writerIndex
        var index = piece.readerIndex
        var stuffedDots: UInt64 = 0
        guard index < end else { return piece }
        if self.hasPendingCR {
            self.hasPendingCR = false
            if piece.octet(at: index) == UInt8(ascii: "\n") {
                index += 1
            } else {
                try self.checkBareLineEnd(at: self.consumed - 1)
            }
            output.replace(upTo: index, with: "\r\n")
            self.endLine()
        }
        while index < end {
            if self.isAtLineStart {
                self.isAtLineStart = false
                if self.purpose == .data, piece.octet(at: index) == UInt8(ascii: ".") {
                    output.insert(".", at: index)
                    stuffedDots += 1
                }
            }
            let special = piece.firstSpecialOctet(from: index, collecting: &self.eightBitMask)
            self.lineLength += special - index
            try self.checkRun(index..<special, of: piece)
            index = special
            guard index < end else { break }
            switch piece.octet(at: index) {
            case UInt8(ascii: "\r") where index + 1 == end:
                // Its LF may be the first octet of the next piece.
                self.hasPendingCR = true
                output.drop(at: index)
                index += 1
            case UInt8(ascii: "\r") where piece.octet(at: index + 1) == UInt8(ascii: "\n"):
                index += 2
                self.endLine()
            case UInt8(ascii: "\r"), UInt8(ascii: "\n"):
                try self.checkBareLineEnd(at: self.position(of: index, in: piece))
                output.skip(at: index, insteadWriting: "\r\n")
                index += 1
                self.endLine()
            case 0:
                throw ContentError(.nul, position: self.position(of: index, in: piece))
            default:
                index += 1
                self.lineLength += 1
                try self.checkRun((index - 1)..<index, of: piece)
            }
        }
        self.consumed += UInt64(piece.readableBytes)
        let encoded = output.finish()
        self.octetCount += UInt64(encoded.readableBytes) - stuffedDots
        return encoded
    }

    /// Octets that complete the content: the line end a CR at the very end stands for and, for DATA, the line
    /// end a last line lacks and the terminator.
    package mutating func finish() throws(ContentError) -> ByteBuffer {
        var end = ByteBuffer()
        if self.hasPendingCR {
            try self.checkBareLineEnd(at: self.consumed - 1)
            self.hasPendingCR = false
            self.endLine()
            end.writeStaticString("\r\n")
        }
        if self.purpose == .data, !self.isAtLineStart { end.writeStaticString("\r\n") }
        self.octetCount += UInt64(end.readableBytes)
        if self.purpose == .data { end.writeStaticString(".\r\n") }
        return end
    }

    /// Whether the last line, once the content is finished, has no line end; only text sent by BDAT may.
    package var lacksFinalLineEnd: Bool { self.purpose == .chunkedText && !self.isAtLineStart }

    /// Whether an octet above 0x7F came by.
    package var hasEightBitOctets: Bool { self.eightBitMask & ByteBuffer.highBits != 0 }

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

    private func position(of index: Int, in piece: ByteBuffer) -> UInt64 {
        self.consumed + UInt64(index - piece.readerIndex)
    }

    private func checkBareLineEnd(at position: UInt64) throws(ContentError) {
        guard self.rules.lineEnds == .normalize else { throw ContentError(.bareLineEnd, position: position) }
    }

    /// Checks octets just counted to the line.
    ///
    /// The first octet that breaks a rule is the one reported, so that the error does not depend on where
    /// pieces end.
    private func checkRun(_ run: Range<Int>, of piece: ByteBuffer) throws(ContentError) {
        let excess = self.lineLength - (self.rules.maximumLineLength ?? .max)
        let isForbidden = !self.allowsEightBit && self.hasEightBitOctets
        guard excess > 0 || isForbidden else { return }
        let eightBit = isForbidden ? run.first { piece.octet(at: $0) >= 0x80 } : nil
        if excess > 0, run.upperBound - excess <= eightBit ?? .max {
            throw ContentError(.lineTooLong, position: self.position(of: run.upperBound - excess, in: piece))
        }
        guard let eightBit else { return }
        throw ContentError(.eightBit, position: self.position(of: eightBit, in: piece))
    }
}

extension ContentEncoder {
    /// The encoded form of one piece: the piece itself until the first change, a copy with the changes after
    /// it.
    private struct Output {
        private let piece: ByteBuffer
        private var copy: ByteBuffer?
        private var runStart: Int

        init(piece: ByteBuffer) {
            self.piece = piece
            self.runStart = piece.readerIndex
        }

        private mutating func flush(upTo index: Int) {
            var copy = self.copy ?? ByteBufferAllocator().buffer(capacity: self.piece.readableBytes + 64)
            self.copy = nil
            if let run = self.piece.getSlice(at: self.runStart, length: index - self.runStart) {
                copy.writeImmutableBuffer(run)
            }
            self.copy = copy
            self.runStart = index
        }

        mutating func insert(_ text: StaticString, at index: Int) {
            self.flush(upTo: index)
            self.copy?.writeStaticString(text)
        }

        mutating func skip(at index: Int, insteadWriting text: StaticString) {
            self.insert(text, at: index)
            self.runStart = index + 1
        }

        mutating func replace(upTo index: Int, with text: StaticString) {
            self.insert(text, at: self.runStart)
            self.runStart = index
        }

        /// Leaves out the last octet of the piece.
        mutating func drop(at index: Int) {
            if self.copy == nil,
                let head = self.piece.getSlice(at: self.runStart, length: index - self.runStart)
            {
                self.copy = head
            } else {
                self.flush(upTo: index)
            }
            self.runStart = index + 1
        }

        mutating func finish() -> ByteBuffer {
            guard self.copy != nil else { return self.piece }
            if self.runStart < self.piece.writerIndex { self.flush(upTo: self.piece.writerIndex) }
            return self.copy ?? self.piece
        }
    }
}

extension ByteBuffer {
    static let highBits: UInt64 = 0x8080_8080_8080_8080

    fileprivate func octet(at index: Int) -> UInt8 {
        self.getInteger(at: index) ?? 0
    }

    /// Index of the first octet below 0x0E, the end if there is none; ORs every octet passed over into
    /// `mask`.
    ///
    /// CR, LF and NUL are below 0x0E and hardly anything else is, so one comparison finds all three.
    fileprivate func firstSpecialOctet(from start: Int, collecting mask: inout UInt64) -> Int {
        let end = self.writerIndex
        var index = start
        while index + 8 <= end, let word = self.getInteger(at: index, endianness: .host, as: UInt64.self) {
            // The usual test for a byte less than n in a word.
            guard (word &- 0x0E0E_0E0E_0E0E_0E0E) & ~word & Self.highBits == 0 else { break }
            mask |= word
            index += 8
        }
        while index < end {
            let octet = self.octet(at: index)
            guard octet >= 0x0E else { return index }
            mask |= UInt64(octet)
            index += 1
        }
        return end
    }
}
