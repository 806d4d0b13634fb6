#if canImport(Subprocess)
internal import MailMessage
internal import NIOCore
internal import SMTPCore

/// Content that is there as a whole before a program gets the first octet of it.
///
/// A program that reads a pipe cannot tell a source that failed from the end of a message.
enum SendmailContent: Sendable {
    /// In memory, and looked at.
    case memory(LocalDelivery)
    /// Read from its source.
    case spooled(SpooledContent)

    /// Reads what is not in memory.
    ///
    /// - Throws: ``SMTPError`` as ``SpooledContent/init(_:lineEnd:in:)`` does.
    init(_ delivery: LocalDelivery) async throws(SMTPError) {
        if case .buffer = delivery.message.content.source {
            self = .memory(delivery)
        } else {
            self = .spooled(try await SpooledContent(delivery, lineEnd: .lf))
        }
    }

    /// Gives out the octets with LF line ends, in pieces, as long as they are wanted.
    ///
    /// - Returns: Octets of content, every line end counted as CRLF; nil where not all were wanted.
    /// - Throws: ``SMTPError`` for the content.
    func read(_ body: (ByteBuffer) async -> Bool) async throws(SMTPError) -> UInt64? {
        switch self {
        case .memory(let delivery):
            let content = try LocalContent(delivery, lineEnd: .lf)
            do throws(SMTPError) {
                let isWhole = try await Self.read(content, body)
                await content.close()
                return isWhole ? content.octets : nil
            } catch {
                await content.close()
                throw error
            }
        case .spooled(let spool):
            var offset: Int64 = 0
            while let piece = try await spool.piece(at: offset) {
                guard await body(piece) else { return nil }
                offset += Int64(piece.readableBytes)
            }
            return spool.octets
        }
    }

    private static func read(
        _ content: LocalContent,
        _ body: (ByteBuffer) async -> Bool
    ) async throws(SMTPError) -> Bool {
        while let piece = try await content.next() {
            guard await body(piece) else { return false }
        }
        return true
    }

    /// Releases what it holds.
    func close() async {
        if case .spooled(let spool) = self { await spool.close() }
    }
}
#endif
