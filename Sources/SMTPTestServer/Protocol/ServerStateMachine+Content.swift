import NIOCore

// Content on its way in, by DATA or by BDAT.
extension ServerStateMachine {
    static func emptySink(_ configuration: SMTPTestServer.Configuration) -> ContentSink {
        ContentSink(
            limit: configuration.maximumMessageSize,
            storesContent: configuration.storesContent,
            storesWire: configuration.storesWireContent
        )
    }

    mutating func beginData() {
        self.decoder = DotDecoder()
        self.content = Self.emptySink(self.configuration)
        self.hasOpenContent = true
        self.phase = .data
    }

    mutating func beginChunk(_ chunk: Chunk) {
        if !self.hasOpenContent {
            self.content = Self.emptySink(self.configuration)
            self.hasOpenContent = true
        }
        self.transaction?.hasChunks = true
        self.phase = .chunk(chunk)
    }

    /// Decodes octets of the DATA phase up to the terminator or the next scripted place; false when there are
    /// none.
    mutating func takeData() -> Bool {
        let octets = self.nextContentOctets(limit: .max)
        guard !octets.isEmpty else { return false }
        let (count, isComplete) = self.decoder.decode(octets, into: &self.content)
        let offset = self.noteContent(octets.prefix(count))
        if isComplete {
            self.completeContent(isBDAT: false)
        }
        if let offset {
            // On top of the run for the end of the content, so that it comes first.
            self.begin(.contentOctets(offset))
        }
        return true
    }

    /// Takes octets of a chunk up to its end or the next scripted place; false when there are none.
    mutating func takeChunk(_ chunk: Chunk) -> Bool {
        if chunk.remaining == 0 {
            self.completeChunk(chunk)
            return true
        }
        let octets = self.nextContentOctets(limit: chunk.remaining)
        guard !octets.isEmpty else { return false }
        if self.transaction != nil {
            self.content.append(octets)
        }
        var chunk = chunk
        chunk.remaining -= octets.count
        self.phase = .chunk(chunk)
        if let offset = self.noteContent(octets) {
            self.begin(.contentOctets(offset))
        }
        return true
    }

    /// What the input holds of the content, not beyond the next scripted place.
    private func nextContentOctets(limit: Int) -> ByteBufferView {
        let distance = self.nextOffset.map { $0 - self.content.wireCount } ?? .max
        return self.input.readableBytesView.prefix(min(limit, distance))
    }

    /// The next number of content octets at which something may be scripted.
    private var nextOffset: Int? {
        self.script.contentOffsets.first { $0 > self.content.wireCount }
    }

    /// Counts octets of the content and moves behind them.
    ///
    /// - Returns: the scripted place that was reached with the last of them.
    private mutating func noteContent(_ octets: ByteBufferView) -> Int? {
        if self.content.wireCount == 0 {
            self.outputs.append(.note(.contentStarted))
        }
        let offset = self.nextOffset
        self.content.noteWire(octets)
        self.input.moveReaderIndex(forwardBy: octets.count)
        return offset == self.content.wireCount ? offset : nil
    }

    private mutating func completeChunk(_ chunk: Chunk) {
        self.phase = .command
        switch (chunk.answer, chunk.isLast) {
        case (.due, true):
            self.completeContent(isBDAT: true)
        case (.due, false):
            self.begin(.chunk(size: chunk.size))
        case (.given(isPositive: false), _):
            self.dropTransaction()
        case (.given(isPositive: true), true):
            self.beginDelivery(isBDAT: true)
            self.accept(.endOfContent)
            self.delivery = nil
        case (.given(isPositive: true), false):
            break
        }
    }

    private mutating func completeContent(isBDAT: Bool) {
        self.phase = .command
        self.beginDelivery(isBDAT: isBDAT)
        self.begin(.endOfContent)
    }

    /// Moves transaction and content to where they wait for the final reply.
    private mutating func beginDelivery(isBDAT: Bool) {
        self.messageCount += 1
        self.delivery = Delivery(
            transaction: self.transaction,
            content: self.content,
            isBDAT: isBDAT,
            queueID: "S\(self.sessionIndex)M\(self.messageCount)"
        )
        self.dropTransaction()
    }
}
