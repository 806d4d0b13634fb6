internal import NIOCore
internal import SMTPCore

/// Octets of a small message as they go to the network.
///
/// Most content needs no change and is one and the same buffer in every form.
final class WireContent: Sendable {
    /// As the caller gave them, fields that must not go out left out.
    let original: ByteBuffer
    /// For DATA: normalised and dot-stuffed, every line ended, without the terminator.
    let data: ByteBuffer
    /// For BDAT: normalised.
    let chunk: ByteBuffer
    /// Octets of ``data`` without stuffed dots.
    let dataLength: UInt64

    /// Octets that go out as they are.
    init(unchanged octets: ByteBuffer) {
        self.original = octets
        self.data = octets
        self.chunk = octets
        self.dataLength = UInt64(octets.readableBytes)
    }

    private init(_ octets: ByteBuffer, _ rules: ContentRules) throws(ContentError) {
        self.original = octets
        (self.data, self.dataLength) = try Self.encode(octets, for: .data, rules)
        (self.chunk, _) = try Self.encode(octets, for: .chunkedText, rules)
    }

    /// Encodes octets that were looked at.
    static func encoding(
        _ octets: ByteBuffer,
        _ survey: ContentSurvey,
        _ rules: ContentRules
    ) throws(ContentError) -> WireContent {
        survey.isWireReady ? WireContent(unchanged: octets) : try WireContent(octets, rules)
    }

    private static func encode(
        _ octets: ByteBuffer,
        for purpose: ContentEncoder.Purpose,
        _ rules: ContentRules
    ) throws(ContentError) -> (octets: ByteBuffer, length: UInt64) {
        var encoder = ContentEncoder(purpose: purpose, rules: rules)
        var encoded = try encoder.encode(octets)
        var end = try encoder.finish()
        if purpose == .data { end.moveWriterIndex(to: end.writerIndex - 3) }
        encoded.writeImmutableBuffer(end)
        return (encoded, encoder.octetCount)
    }
}
