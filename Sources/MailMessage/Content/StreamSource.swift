internal import NIOConcurrencyHelpers
internal import NIOCore

/// Asynchronous sequence of chunks, its type left behind.
package struct StreamSource: Sendable {
    /// Whether the octets can be read more than once.
    package let isRereadable: Bool
    private let make: @Sendable () throws -> any PieceReader

    /// Source that can be read once.
    package init<Chunks>(once chunks: Chunks)
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

    /// Source that is made anew whenever it is read.
    package init<Chunks>(again chunks: @escaping @Sendable () -> Chunks)
    where Chunks: AsyncSequence & SendableMetatype, Chunks.Element: Sequence<UInt8> {
        self.isRereadable = true
        self.make = { Self.reader(of: chunks()) }
    }

    /// Source whose reader is made anew whenever it is read.
    package init(reader make: @escaping @Sendable () throws -> any PieceReader) {
        self.isRereadable = true
        self.make = make
    }

    /// Begins a pass.
    ///
    /// - Throws: ``ContentSourceError/alreadyRead``, or what the source throws.
    package func makeReader() throws -> any PieceReader { try self.make() }

    private static func reader<Chunks>(of chunks: Chunks) -> any PieceReader
    where Chunks: AsyncSequence & SendableMetatype, Chunks.Element: Sequence<UInt8> {
        SequenceReader(chunks)
    }
}
