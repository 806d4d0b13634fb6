internal import NIOCore

/// A message as octets, ready to go out: header, empty line, and parts in their transfer encodings.
///
/// Every line ends with CRLF. Nothing but what the message holds in memory anyway is kept; files and streams are read
/// and encoded while the octets are. Reading it again gives the same octets.
public struct RenderedMessage: Sendable {
    /// The octets.
    public let content: MessageContent
    /// How many there are; nil where only writing them would tell: a stream did not say how long it is, or an attached
    /// file is a message.
    public let size: UInt64?
    /// What the way must be able to carry.
    public let needs: TransferCapability
    /// Whether the header has UTF-8, which needs SMTPUTF8 (RFC 6532).
    public let needsSMTPUTF8: Bool
    /// Its identifier.
    public let messageID: MessageIdentifier

    /// The octets as one array.
    ///
    /// - Parameter limit: Most octets to read.
    /// - Throws: ``MessageError`` with ``MessageError/Reason/tooLarge``, or what a file or a stream throws.
    @concurrent
    public func octets(upTo limit: Int = 64 * 1024 * 1024) async throws -> [UInt8] {
        let pieces = try ContentPieces(self.content)
        var octets: [UInt8] = []
        do {
            while let piece = try await pieces.next() {
                guard octets.count + piece.readableBytes <= limit else {
                    throw MessageError(.tooLarge, detail: "more than \(limit) octets")
                }
                octets += piece.readableBytesView
            }
        } catch {
            await pieces.close()
            throw error
        }
        await pieces.close()
        return octets
    }
}
