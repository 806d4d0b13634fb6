internal import NIOCore

/// Octets that a message is made of, and what must be known about them before it is rendered.
struct Leaf: Sendable {
    /// The octets.
    let content: MessageContent
    /// Whether how they are written depends on what they are.
    let needsSurvey: Bool

    /// The octets, where they are in memory.
    var octetsInMemory: ByteBuffer? {
        if case .buffer(let octets, _) = self.content.source { octets } else { nil }
    }

    /// Looks at octets in memory.
    ///
    /// - Parameter tokens: Those of the boundaries that the octets must not have.
    func findings(_ octets: ByteBuffer, _ tokens: Set<[UInt8]>) -> LeafFindings {
        self.needsSurvey ? LeafFindings(octets, tokens) : LeafFindings(length: UInt64(octets.readableBytes))
    }

    /// Looks at octets wherever they are.
    ///
    /// - Throws: What their source throws.
    func findings(_ tokens: Set<[UInt8]>) async throws -> LeafFindings {
        if let octets = self.octetsInMemory { return self.findings(octets, tokens) }
        return try await self.needsSurvey
            ? LeafFindings(reading: self.content, tokens) : LeafFindings(measuring: self.content)
    }
}
