internal import MailAddress
internal import NIOCore

extension Message {
    /// Octets up to which a rendered message is put together in memory.
    package static let maximumSmallLength = 64 * 1024

    /// Renders the message for a way of this capability (RFC 5322, RFC 2045 to 2049).
    ///
    /// Text read from files and streams is read once, to choose its encoding; attachments are not read before the
    /// octets are.
    ///
    /// - Parameter capability: What the way can carry. With ``TransferCapability/sevenBit`` every server takes the
    ///   message, unless it holds an attached message that needs more.
    /// - Throws: ``MessageError`` for what cannot be written, which names the field; what a file or a stream throws.
    @concurrent
    public func rendered(for capability: TransferCapability = .sevenBit) async throws -> RenderedMessage {
        var collector = LeafCollector(capability: capability)
        try collector.collect(self)
        var findings: [LeafFindings] = []
        for leaf in collector.leaves {
            findings.append(try await leaf.findings(collector.boundaryTokens))
        }
        return try self.rendered(for: capability, collector, findings)
    }

    /// The same at once, if everything it is made of is in memory and of this length at most; nil otherwise.
    ///
    /// - Throws: ``MessageError``.
    package func renderedAtOnce(
        for capability: TransferCapability,
        limit: Int = Message.maximumSmallLength
    ) throws(MessageError) -> RenderedMessage? {
        var collector = LeafCollector(capability: capability)
        try collector.collect(self)
        var findings: [LeafFindings] = []
        var room = limit - self.headerEstimate
        for leaf in collector.leaves {
            guard let octets = leaf.octetsInMemory, octets.readableBytes <= room else { return nil }
            room -= octets.readableBytes + Self.partEstimate
            findings.append(leaf.findings(octets, collector.boundaryTokens))
        }
        guard room >= 0 else { return nil }
        return try self.rendered(for: capability, collector, findings)
    }

    /// Octets that the header of a part has, more or less.
    private static var partEstimate: Int { 256 }

    /// Octets that its header has, more or less: what takes time to write, not what takes none.
    private var headerEstimate: Int {
        let mailboxes = [self.to, self.cc, self.replyTo].flatMap(\.self).reduce(0) { $0 + $1.mailboxes.count }
        let identifiers = self.references.count + self.inReplyTo.count
        return self.subject.utf8.count + 64 * (mailboxes + identifiers + self.from.count + self.resent.count)
            + 64 * self.fields.count
    }

    private func rendered(
        for capability: TransferCapability,
        _ collector: LeafCollector,
        _ findings: [LeafFindings]
    ) throws(MessageError) -> RenderedMessage {
        var renderer = MessageRenderer(capability: capability, findings: findings)
        let (needs, usesUTF8) = try renderer.render(self, isOutermost: true)
        let segments = renderer.finish()
        let size = Segment.length(of: segments)
        return RenderedMessage(
            content: Self.content(segments, size: size),
            size: size,
            needs: needs,
            needsSMTPUTF8: usesUTF8,
            messageID: self.messageID
        )
    }

    /// Octets in one piece where there is nothing to be read for them.
    private static func content(_ segments: [Segment], size: UInt64?) -> MessageContent {
        if segments.count == 1, case .octets(let octets) = segments[0] { return .buffer(octets) }
        return MessageContent(
            source: .pieces(length: size, StreamSource(reader: { SegmentReader(segments) }))
        )
    }
}
