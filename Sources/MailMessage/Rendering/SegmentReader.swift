internal import NIOCore

/// Reads a rendered message, one stretch after the other.
final class SegmentReader: PieceReader {
    private var remaining: ArraySlice<Segment>
    private var current: (pieces: ContentPieces, encoder: LeafEncoder, expected: UInt64?, found: UInt64)?

    init(_ segments: [Segment]) {
        self.remaining = segments[...]
    }

    func next() async throws -> ByteBuffer? {
        while true {
            if let piece = try await self.nextOfCurrent() { return piece }
            guard let segment = self.remaining.popFirst() else { return nil }
            switch segment {
            case .octets(let octets):
                if octets.readableBytes > 0 { return octets }
            case .content(let content, let form, let length):
                self.current = (try ContentPieces(content), LeafEncoder(form), length, 0)
            }
        }
    }

    func close() async {
        await self.current?.pieces.close()
        self.current = nil
        self.remaining = []
    }

    private func nextOfCurrent() async throws -> ByteBuffer? {
        guard var current else { return nil }
        // A part that gives no piece leaves the others alone.
        while let piece = try await current.pieces.next() {
            let encoded = current.encoder.encode(piece)
            current.found += UInt64(encoded.readableBytes)
            self.current = current
            if encoded.readableBytes > 0 { return encoded }
        }
        let rest = current.encoder.finish()
        current.found += UInt64(rest.readableBytes)
        await current.pieces.close()
        self.current = nil
        // The parts behind it would be read as its rest, or the other way round.
        if let expected = current.expected, expected != current.found {
            throw ContentSourceError.lengthDiffers(expected: expected, found: current.found)
        }
        return rest.readableBytes > 0 ? rest : nil
    }
}
