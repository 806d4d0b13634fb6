import SMTPCore

/// What becomes of content, found octet by octet with nothing clever: the reference for encoder and survey.
struct PlainContent {
    private(set) var octets: [UInt8] = []
    private(set) var size: UInt64 = 0
    private(set) var hasEightBitOctets = false
    private(set) var hasEightBitHeader = false
    private(set) var isUnchanged = true

    private var lineLength = 0
    private var isInHeader = true

    /// - Throws: ``ContentError`` for the first octet that breaks a rule.
    init(
        _ content: [UInt8],
        _ purpose: ContentEncoder.Purpose,
        rules: ContentRules,
        allowsEightBit: Bool
    ) throws(ContentError) {
        let (cr, lf) = (UInt8(ascii: "\r"), UInt8(ascii: "\n"))
        var isLineStart = true
        var index = 0
        while index < content.count {
            let octet = content[index]
            if octet == cr || octet == lf {
                let isPair = octet == cr && index + 1 < content.count && content[index + 1] == lf
                if !isPair {
                    guard rules.lineEnds == .normalize else {
                        throw ContentError(.bareLineEnd, position: UInt64(index))
                    }
                    self.isUnchanged = false
                }
                index += isPair ? 2 : 1
                self.octets += [cr, lf]
                self.size += 2
                if isLineStart { self.isInHeader = false }
                isLineStart = true
                self.lineLength = 0
                continue
            }
            guard octet != 0 else { throw ContentError(.nul, position: UInt64(index)) }
            if octet >= 0x80 {
                self.hasEightBitOctets = true
                if self.isInHeader { self.hasEightBitHeader = true }
            }
            self.lineLength += 1
            guard self.lineLength <= rules.maximumLineLength ?? .max else {
                throw ContentError(.lineTooLong, position: UInt64(index))
            }
            guard octet < 0x80 || allowsEightBit else {
                throw ContentError(.eightBit, position: UInt64(index))
            }
            if purpose == .data, isLineStart, octet == UInt8(ascii: ".") {
                self.octets.append(octet)
                self.isUnchanged = false
            }
            isLineStart = false
            self.octets.append(octet)
            self.size += 1
            index += 1
        }
        guard purpose == .data else { return }
        if !isLineStart {
            self.octets += [cr, lf]
            self.size += 2
            self.isUnchanged = false
        }
        self.octets += Array(".\r\n".utf8)
    }
}
