/// Finds the octets a message is made of, in the order in which it is rendered.
struct LeafCollector {
    /// Depth of parts within parts, attached messages included.
    static let maximumDepth = 64

    /// What the way can carry.
    let capability: TransferCapability
    /// The octets found.
    private(set) var leaves: [Leaf] = []
    /// What makes the boundaries of this message, and of those within it, different from all others.
    private(set) var boundaryTokens: Set<[UInt8]> = []

    init(capability: TransferCapability) {
        self.capability = capability
    }

    /// Adds the octets of a message.
    ///
    /// - Throws: ``MessageError`` for content that can be read only once, and for parts nested too deeply.
    mutating func collect(_ message: Message, depth: Int = 0) throws(MessageError) {
        self.boundaryTokens.insert(Array(message.identity.boundaryToken.utf8))
        try self.collect(try message.structure(), depth: depth)
    }

    private mutating func collect(_ part: BodyPart, depth: Int) throws(MessageError) {
        guard depth < Self.maximumDepth else {
            throw MessageError(.tooLarge, detail: "parts are nested \(Self.maximumDepth) deep")
        }
        switch try part.renderedBody {
        case .text(let content): try self.add(content, needsSurvey: true)
        // In the clear, octets could hold a delimiter.
        case .octets(let content):
            let isInTheClear = part.transferEncoding == nil || part.transferEncoding == .binary
            try self.add(content, needsSurvey: self.capability == .binary && isInTheClear)
        case .messageOctets(let content): try self.add(content, needsSurvey: true)
        case .multipart(let parts):
            for part in parts { try self.collect(part, depth: depth + 1) }
        case .message(let message): try self.collect(message, depth: depth + 1)
        }
    }

    private mutating func add(_ content: MessageContent, needsSurvey: Bool) throws(MessageError) {
        guard content.isRereadable else {
            throw MessageError(
                .contentUnreadable,
                detail: "a part must be made of content that can be read more than once"
            )
        }
        self.leaves.append(Leaf(content: content, needsSurvey: needsSurvey))
    }
}
