internal import NIOCore
internal import SMTPCore

extension MessageContent {
    /// Fields that tell about recipients nobody is to know of.
    private static let hiddenFields: Set<String> = ["bcc", "resent-bcc"]

    /// A message that is written already, without Bcc and Resent-Bcc.
    var withoutHiddenFields: MessageContent {
        guard case .buffer(let octets, _) = self.source else {
            guard self.isRereadable else { return self }
            let source = StreamSource(reader: {
                try FieldFilterReader(self, dropping: Self.hiddenFields)
            })
            return MessageContent(source: .pieces(length: nil, source))
        }
        guard HeaderFieldFilter.mayContain(anyOf: Self.hiddenFields, in: octets) else { return self }
        var filter = HeaderFieldFilter(dropping: Self.hiddenFields)
        var kept = ByteBuffer()
        for piece in filter.filter(octets) + [filter.finish()] { kept.writeImmutableBuffer(piece) }
        return .buffer(kept)
    }
}
