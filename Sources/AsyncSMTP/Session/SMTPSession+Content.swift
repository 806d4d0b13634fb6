internal import NIOCore
internal import SMTPCore

extension SMTPSession {
    /// Whether the last octets of a content reached the network.
    typealias Delivery = NIOLoopBoundBox<Bool>

    /// Writes content by DATA: normalised, dot-stuffed, terminated.
    ///
    /// - Parameters:
    ///   - expectedOctets: Octets of content that were found when it was looked at; nil if it was not.
    ///   - finalReplies: Replies the server will send behind the terminator.
    ///   - delivery: Set to true when the terminator has reached the network.
    /// - Returns: Octets of content, without those the protocol adds.
    func writeData(
        _ reader: ContentReader,
        rules: ContentRules,
        expectedOctets: UInt64? = nil,
        finalReplies: Int,
        delivery: Delivery
    ) async throws(ContentFailure) -> UInt64 {
        var encoder = ContentEncoder(
            purpose: .data,
            rules: rules,
            allowsEightBit: self.extensions.offers(.eightBitMIME)
        )
        do throws(ContentFailure) {
            // The first of the final replies is owed since the 354; one that is here already is a refusal.
            try await self.checkForEarlyReply()
            var repliesExpected = max(0, finalReplies - self.handler.value.repliesOwed)
            var held: ByteBuffer?
            while let piece = try await self.nextPiece(of: reader) {
                let encoded = try Self.encode(piece, with: &encoder)
                // The last piece is held back, so that it shares its write with the terminator.
                if let held {
                    try await self.writeContent(held, replies: repliesExpected)
                    repliesExpected = 0
                    try await self.checkForEarlyReply()
                }
                held = encoded
            }
            let end: ByteBuffer
            do throws(ContentError) { end = try encoder.finish() } catch { throw .content(error) }
            try self.checkCompleteness(encoder.octetCount, expected: expectedOctets)
            let promise = self.channel.eventLoop.makePromise(of: Void.self)
            promise.futureResult.whenSuccess { delivery.value = true }
            do throws(ConnectionFailure) {
                if let held {
                    try self.handler.value.write(held, repliesExpected: repliesExpected, flushes: false)
                    repliesExpected = 0
                }
                try self.handler.value.write(end, repliesExpected: repliesExpected, promise: promise)
            } catch {
                promise.fail(error)
                throw .connection(error)
            }
            self.recordContent(encoder.octetCount)
            return encoder.octetCount
        } catch {
            throw await self.giveUpContent(error)
        }
    }

    /// Writes content by BDAT, chunk by chunk.
    ///
    /// - Parameter isBinary: Whether the octets go out as they are; otherwise line ends are normalised.
    /// - Returns: Octets of content.
    func writeChunks(
        _ reader: ContentReader,
        of transaction: inout Transaction,
        rules: ContentRules,
        expectedOctets: UInt64? = nil,
        isBinary: Bool,
        delivery: Delivery
    ) async throws(ContentFailure) -> UInt64 {
        var encoder = ContentEncoder(
            purpose: .chunkedText,
            rules: rules,
            allowsEightBit: self.extensions.offers(.eightBitMIME)
        )
        var chunks = ChunkEncoder(chunkSize: ContentReader.pieceLength)
        var octets: UInt64 = 0
        do throws(ContentFailure) {
            while let piece = try await self.nextPiece(of: reader) {
                let encoded = isBinary ? piece : try Self.encode(piece, with: &encoder)
                octets += UInt64(encoded.readableBytes)
                guard let chunk = chunks.append(encoded) else { continue }
                try await self.writeContent(chunk, replies: 1)
                transaction.chunkWritten()
                try await self.readChunkReplies(of: &transaction)
                if transaction.refusesContent {
                    transaction.contentAbandoned()
                    return octets
                }
            }
            if !isBinary {
                let end: ByteBuffer
                do throws(ContentError) { end = try encoder.finish() } catch { throw .content(error) }
                octets += UInt64(end.readableBytes)
                chunks.appendTail(end)
            }
            let lacksLineEnd = !isBinary && encoder.lacksFinalLineEnd
            try self.checkCompleteness(octets + (lacksLineEnd ? 2 : 0), expected: expectedOctets)
            let promise = self.channel.eventLoop.makePromise(of: Void.self)
            promise.futureResult.whenSuccess { delivery.value = true }
            do throws(ConnectionFailure) {
                try self.handler.value.write(
                    chunks.finish(),
                    repliesExpected: transaction.finalReplyCount,
                    promise: promise
                )
            } catch {
                promise.fail(error)
                throw .connection(error)
            }
            self.recordContent(octets)
            transaction.contentWritten()
            return octets
        } catch {
            throw await self.giveUpContent(error)
        }
    }

    /// Nothing half may be completed: neither a sequence that simply ends because its task is cancelled, nor
    /// content that is not what it was when it was looked at.
    private func checkCompleteness(_ octets: UInt64, expected: UInt64?) throws(ContentFailure) {
        guard !Task.isCancelled else { throw .connection(.cancelled) }
        guard self.channel.eventLoop.now < self.exchangeDeadline else { throw .connection(.timedOut) }
        guard let expected, octets != expected else { return }
        throw .source(ContentSourceError.lengthDiffers(expected: expected, found: octets))
    }

    /// Reads what has come, and all that is owed where the server does not offer PIPELINING.
    private func readChunkReplies(
        of transaction: inout Transaction,
    ) async throws(ContentFailure) {
        let waits = !self.extensions.offers(.pipelining)
        while transaction.expectsReplies, waits || self.handler.value.hasUnreadData {
            do throws(ConnectionFailure) {
                let timeout = self.configuration.timeouts.contentBlock
                transaction.receive(try await self.nextReply(timeout: timeout))
            } catch {
                throw .connection(error)
            }
        }
    }

    private func nextPiece(of reader: ContentReader) async throws(ContentFailure) -> ByteBuffer? {
        do {
            return try await reader.next()
        } catch is CancellationError {
            throw .connection(.cancelled)
        } catch {
            throw .source(error)
        }
    }

    private static func encode(
        _ piece: ByteBuffer,
        with encoder: inout ContentEncoder
    ) throws(ContentFailure) -> ByteBuffer {
        do throws(ContentError) {
            return try encoder.encode(piece)
        } catch {
            throw .content(error)
        }
    }

    /// Writes a block and waits for room for the next; the time for a block starts anew with each.
    private func writeContent(
        _ block: ByteBuffer,
        replies: Int,
    ) async throws(ContentFailure) {
        do throws(ConnectionFailure) {
            try self.handler.value.write(block, repliesExpected: replies)
            let timeout = self.channel.eventLoop.now.advanced(by: self.configuration.timeouts.contentBlock)
            try await self.handler.value.waitUntilWritable(
                deadline: min(timeout, self.exchangeDeadline),
                isolation: self
            )
        } catch {
            throw .connection(error)
        }
    }

    private func checkForEarlyReply() async throws(ContentFailure) {
        guard self.handler.value.hasUnreadData else { return }
        throw .earlyReply(try await self.earlyReply())
    }

    private func earlyReply() async throws(ContentFailure) -> Reply {
        do throws(ConnectionFailure) {
            return try await self.nextReply(timeout: self.configuration.timeouts.contentBlock)
        } catch {
            throw .connection(error)
        }
    }

    /// Closes the connection without a terminator.
    ///
    /// A reply that came before it broke is the better explanation.
    private func giveUpContent(_ failure: ContentFailure) async -> ContentFailure {
        var failure = failure
        if case .connection(let cause) = failure, cause.mayHideReply, let reply = try? await self.earlyReply()
        {
            failure = .earlyReply(reply)
        }
        self.recorder.record(.event, "content given up: \(failure)", at: self.channel.eventLoop.now)
        self.abandon(.closedLocally)
        return failure
    }

    private func recordContent(_ octets: UInt64) {
        self.recorder.record(.client, "[\(octets) octets of content]", at: self.channel.eventLoop.now)
    }
}

extension ConnectionFailure {
    /// Whether the server may have said why before the connection went.
    var mayHideReply: Bool {
        switch self {
        case .closedByServer, .network: true
        default: false
        }
    }
}
