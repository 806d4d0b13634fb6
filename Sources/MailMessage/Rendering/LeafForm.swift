internal import TransferEncoding

/// How the octets of a part are written, and what follows from that.
enum LeafForm: Sendable, Hashable {
    /// As they are.
    case identity
    /// As they are, every line end made CRLF.
    case lines
    case quotedPrintable(isText: Bool)
    case base64
    /// Base64 of text whose line ends are made CRLF first.
    case base64Lines

    /// Octets in this form; nil where that is not known without writing them.
    func length(of findings: LeafFindings) -> UInt64? {
        switch self {
        case .identity: findings.length
        case .lines: findings.normalizedLength
        case .quotedPrintable(isText: true): findings.quotedPrintableLength
        case .quotedPrintable(isText: false): nil
        case .base64: findings.length.flatMap(Base64LineEncoder.encodedLength)
        case .base64Lines: findings.normalizedLength.flatMap(Base64LineEncoder.encodedLength)
        }
    }
}
