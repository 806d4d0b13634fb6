internal import NIOCore

extension PendingFile {
    /// Appends the content of a message.
    ///
    /// - Returns: Octets of content, every line end counted as CRLF.
    /// - Throws: ``SMTPError`` for the content, for the file, or with ``SMTPError/Code/cancelled``.
    func write(_ delivery: LocalDelivery, lineEnd: LocalContent.LineEnd) async throws(SMTPError) -> UInt64 {
        let content = try LocalContent(delivery, lineEnd: lineEnd)
        do throws(SMTPError) {
            while let piece = try await content.next() { try await self.write(piece) }
        } catch {
            await content.close()
            throw error
        }
        await content.close()
        return content.octets
    }
}
