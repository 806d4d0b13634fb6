public import NIOCore

/// Octets of a message, or of a part of one.
///
/// Where they come from decides whether they can be read again, which sending to many recipients in several
/// transactions and moving a message to another connection need.
public struct MessageContent: Sendable {
    /// Where octets come from.
    package enum Source: Sendable {
        /// Memory.
        case buffer(ByteBuffer, ContentMemo)
        /// A file.
        case file(path: String, ContentMemo)
        /// A sequence of pieces, and the count of octets it will give, where known.
        case pieces(length: UInt64?, StreamSource)
    }

    /// Where the octets come from.
    package let source: Source

    /// Octets from a source.
    package init(source: Source) {
        self.source = source
    }

    /// Octets in memory.
    public static func bytes(_ bytes: some Sequence<UInt8>) -> MessageContent {
        MessageContent(source: .buffer(ByteBuffer(bytes: bytes), ContentMemo()))
    }

    /// Octets in memory, without a copy.
    public static func buffer(_ buffer: ByteBuffer) -> MessageContent {
        MessageContent(source: .buffer(buffer, ContentMemo()))
    }

    /// Text in memory, as UTF-8.
    public static func text(_ text: String) -> MessageContent {
        MessageContent(source: .buffer(ByteBuffer(string: text), ContentMemo()))
    }

    /// A file, read in pieces while it is sent; memory does not grow with its size.
    ///
    /// It is read twice: once before the transaction, to find out its size and what it contains. The same content
    /// sent again is looked at again only if the file has changed since.
    public static func file(_ path: String) -> MessageContent {
        MessageContent(source: .file(path: path, ContentMemo()))
    }

    /// An asynchronous sequence of chunks that can be read once.
    ///
    /// - Parameters:
    ///   - chunks: The octets in pieces of any size. An error it throws ends the transaction; nothing is
    ///     accepted then.
    ///   - length: Octets the sequence will give, where known: it is declared as SIZE, so that the server can
    ///     refuse a message that is too large before it is sent. Line ends other than CRLF grow on the way
    ///     and make the declaration too small. A sequence that gives another count ends the transaction.
    public static func stream<Chunks>(_ chunks: Chunks, length: UInt64? = nil) -> MessageContent
    where Chunks: AsyncSequence & Sendable, Chunks.Element: Sequence<UInt8> {
        MessageContent(source: .pieces(length: length, StreamSource(once: chunks)))
    }

    /// An asynchronous sequence of chunks that can be made anew whenever the content is read.
    ///
    /// - Parameters:
    ///   - length: Octets the sequence will give, where known.
    ///   - chunks: Makes the sequence; it must give the same octets each time.
    public static func stream<Chunks>(
        length: UInt64? = nil,
        _ chunks: @escaping @Sendable () -> Chunks
    ) -> MessageContent
    where Chunks: AsyncSequence & SendableMetatype, Chunks.Element: Sequence<UInt8> {
        MessageContent(source: .pieces(length: length, StreamSource(again: chunks)))
    }

    /// Whether the content can be read more than once.
    public var isRereadable: Bool {
        switch self.source {
        case .buffer, .file: true
        case .pieces(_, let stream): stream.isRereadable
        }
    }

    /// Octets held in memory.
    package var heldLength: UInt64 {
        if case .buffer(let buffer, _) = self.source { UInt64(buffer.readableBytes) } else { 0 }
    }

    /// Octets as given, where that is known without reading.
    package var givenLength: UInt64? {
        switch self.source {
        case .buffer(let buffer, _): UInt64(buffer.readableBytes)
        case .file: nil
        case .pieces(let length, _): length
        }
    }
}
