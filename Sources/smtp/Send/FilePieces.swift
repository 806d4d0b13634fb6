/// The octets of a file in pieces.
struct FilePieces: AsyncSequence, Sendable {
    /// Octets of one piece.
    static let pieceLength = 256 * 1024

    let file: OctetFile
    /// Octets that were read already.
    var head: [UInt8] = []
    /// Where the file is read; nil for a pipe.
    var place: UInt64?

    func makeAsyncIterator() -> Iterator { Iterator(file: self.file, head: self.head, place: self.place) }

    /// Reads piece by piece.
    struct Iterator: AsyncIteratorProtocol {
        let file: OctetFile
        var head: [UInt8]
        var place: UInt64?

        mutating func next() async throws -> [UInt8]? {
            guard self.head.isEmpty else {
                defer { self.head = [] }
                return self.head
            }
            let piece = try await self.file.read(upTo: FilePieces.pieceLength, at: self.place)
            self.place = self.place.map { $0 + UInt64(piece.count) }
            return piece.isEmpty ? nil : piece
        }
    }
}
