internal import NIOCore
internal import TransferEncoding

/// Writes a message: header fields, delimiters, and where the octets of the parts go.
struct MessageRenderer {
    /// What the way can carry.
    let capability: TransferCapability
    /// What was found out about the octets not written yet.
    var findings: ArraySlice<LeafFindings>
    /// Makes boundaries.
    var boundaries: BoundaryMaker
    private var segments: [Segment] = []
    /// What was written since the last piece of content that is read later.
    private var octets: [UInt8] = []

    /// Makes a renderer.
    ///
    /// - Parameter findings: What was found out about the octets, in the order of ``LeafCollector``.
    init(capability: TransferCapability, findings: [LeafFindings]) {
        self.capability = capability
        self.findings = findings[...]
        self.boundaries = BoundaryMaker(avoiding: findings.flatMap { $0.survey?.boundaryLikeLines ?? [] })
    }

    /// Renderer for a message inside the one this renderer writes, which goes on with
    /// ``advance(behind:)``.
    mutating func inner() -> MessageRenderer {
        var inner = self
        // Held by one at a time, the boundaries are not copied for each message.
        self.boundaries = BoundaryMaker(avoiding: [])
        inner.segments = []
        inner.octets = []
        return inner
    }

    /// Goes on behind a message inside the one this renderer writes.
    mutating func advance(behind inner: MessageRenderer) {
        self.findings = inner.findings
        self.boundaries = inner.boundaries
    }

    /// Everything written.
    mutating func finish() -> [Segment] {
        self.endOctets()
        return self.segments
    }

    /// Writes a message.
    ///
    /// - Parameter isOutermost: Whether its last line must be ended.
    /// - Returns: What the way must be able to carry, and whether the header has UTF-8.
    /// - Throws: ``MessageError``.
    mutating func render(
        _ message: Message,
        isOutermost: Bool
    ) throws(MessageError) -> (needs: TransferCapability, usesUTF8: Bool) {
        let plan = try self.plan(try message.structure(), message.identity, endsLine: isOutermost)
        let allowsUTF8 = message.needsUTF8Header
        let fields = try message.headerFields()
        try Message.checkPartFields(plan.fields, behind: fields)
        try self.writeFields(fields + plan.fields, allowsUTF8: allowsUTF8)
        try self.writeBody(plan.body, endsLine: isOutermost)
        return (allowsUTF8 ? max(plan.needs, .eightBit) : plan.needs, allowsUTF8)
    }

    private mutating func writeFields(_ fields: [HeaderField], allowsUTF8: Bool) throws(MessageError) {
        var encoder = FieldEncoder(allowsUTF8: allowsUTF8)
        for field in fields { try encoder.encode(field) }
        self.octets += encoder.output
        self.write("\r\n")
    }

    private mutating func writePart(_ part: PartPlan) throws(MessageError) {
        try self.writeFields(part.fields, allowsUTF8: false)
        try self.writeBody(part.body, endsLine: false)
    }

    private mutating func writeBody(_ body: PartPlan.Body, endsLine: Bool) throws(MessageError) {
        switch body {
        case .leaf(let content, let form, let length, let end):
            self.writeLeaf(content, form, length)
            guard endsLine else { return }
            if end == .withinLine { self.write("\r\n") }
        case .rendered(let segments):
            self.endOctets()
            self.segments += segments
        case .multipart(let boundary, let parts):
            for (index, part) in parts.enumerated() {
                self.write(index == 0 ? "--\(boundary)\r\n" : "\r\n--\(boundary)\r\n")
                try self.writePart(part)
            }
            self.write("\r\n--\(boundary)--\r\n")
        }
    }

    private mutating func writeLeaf(_ content: MessageContent, _ form: LeafForm, _ length: UInt64?) {
        guard case .buffer(let octets, _) = content.source, octets.readableBytes <= Message.maximumSmallLength
        else {
            self.endOctets()
            self.segments.append(.content(content, form, length: length))
            return
        }
        var encoder = LeafEncoder(form)
        self.octets += encoder.encode(octets).readableBytesView
        self.octets += encoder.finish().readableBytesView
    }

    private mutating func write(_ text: String) {
        self.octets += text.utf8
    }

    private mutating func endOctets() {
        guard !self.octets.isEmpty else { return }
        self.segments.append(.octets(ByteBuffer(bytes: self.octets)))
        self.octets = []
    }
}
