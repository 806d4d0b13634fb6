internal import NIOCore
internal import TransferEncoding

/// Writes the octets of a part in its transfer encoding, piece by piece.
enum LeafEncoder: Sendable {
    /// As they are.
    case identity
    /// As they are, every line end made CRLF.
    case lines(LineEndNormalizer)
    case quotedPrintable(QuotedPrintableEncoder)
    case base64(Base64LineEncoder)
    /// Base64 of text in its canonical form.
    case base64Lines(LineEndNormalizer, Base64LineEncoder)

    /// Encoder for a way of writing.
    init(_ form: LeafForm) {
        self =
            switch form {
            case .identity: .identity
            case .lines: .lines(LineEndNormalizer())
            case .quotedPrintable(let isText): .quotedPrintable(QuotedPrintableEncoder(isText: isText))
            case .base64: .base64(Base64LineEncoder())
            case .base64Lines: .base64Lines(LineEndNormalizer(), Base64LineEncoder())
            }
    }

    /// The piece encoded; empty while octets are held back.
    mutating func encode(_ piece: ByteBuffer) -> ByteBuffer {
        guard case .identity = self else {
            var output: [UInt8] = []
            self.encode(piece.readableBytesUInt8Span, into: &output)
            return ByteBuffer(bytes: output)
        }
        return piece
    }

    /// What is held back.
    mutating func finish() -> ByteBuffer {
        var output: [UInt8] = []
        switch self {
        case .identity, .lines: break
        case .quotedPrintable(var encoder):
            encoder.finish(into: &output)
            self = .quotedPrintable(encoder)
        case .base64(var encoder):
            encoder.finish(into: &output)
            self = .base64(encoder)
        case .base64Lines(let normalizer, var encoder):
            encoder.finish(into: &output)
            self = .base64Lines(normalizer, encoder)
        }
        return ByteBuffer(bytes: output)
    }

    private mutating func encode(_ octets: Span<UInt8>, into output: inout [UInt8]) {
        switch self {
        case .identity: break
        case .lines(var normalizer):
            normalizer.normalize(octets, into: &output)
            self = .lines(normalizer)
        case .quotedPrintable(var encoder):
            encoder.encode(octets, into: &output)
            self = .quotedPrintable(encoder)
        case .base64(var encoder):
            encoder.encode(octets, into: &output)
            self = .base64(encoder)
        case .base64Lines(var normalizer, var encoder):
            var lines: [UInt8] = []
            normalizer.normalize(octets, into: &lines)
            encoder.encode(lines.span, into: &output)
            self = .base64Lines(normalizer, encoder)
        }
    }
}
