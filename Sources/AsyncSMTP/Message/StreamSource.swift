internal import NIOConcurrencyHelpers
internal import NIOCore

/// Asynchronous sequence of chunks, its type left behind.
struct StreamSource: Sendable {
    let isRereadable: Bool
    private let make: @Sendable () throws -> any PieceReader

    init<Chunks>(once chunks: Chunks)
    where Chunks: AsyncSequence & Sendable, Chunks.Element: Sequence<UInt8> {
        let isTaken = NIOLockedValueBox(false)
        self.isRereadable = false
        self.make = {
            guard
                !isTaken.withLockedValue({ taken in
                    defer { taken = true }; return taken
                })
            else {
                throw ContentSourceError.alreadyRead
            }
            return Self.reader(of: chunks)
        }
    }

    init<Chunks>(again chunks: @escaping @Sendable () -> Chunks)
    where Chunks: AsyncSequence & SendableMetatype, Chunks.Element: Sequence<UInt8> {
        self.isRereadable = true
        self.make = { Self.reader(of: chunks()) }
    }

    func makeReader() throws -> any PieceReader { try self.make() }

    private static func reader<Chunks>(of chunks: Chunks) -> any PieceReader
    where Chunks: AsyncSequence & SendableMetatype, Chunks.Element: Sequence<UInt8> {
        SequenceReader(chunks)
    }
}
