internal import AsyncSMTP
internal import NIOCore

/// Files and standard input as content of messages.
enum InputFile {
    /// Octets up to which a file is read at once.
    private static let maximumSmallLength = 64 * 1024

    /// The octets of a file: in memory where they are few, otherwise read while they are sent.
    ///
    /// - Parameter path: The file; `-` is standard input. More than 64 KiB from a pipe can be read only once.
    /// - Throws: ``ToolError`` with ``ExitStatus/unusableData``, or `CancellationError`.
    static func content(_ path: String) async throws -> MessageContent {
        let file = try OctetFile(path)
        let extent = file.extent()
        let head = try await file.read(upTo: Self.maximumSmallLength + 1)
        guard head.count > Self.maximumSmallLength else { return .bytes(head) }
        guard let extent else { return .stream(FilePieces(file: file, head: head)) }
        return .stream(length: UInt64(extent.count)) { FilePieces(file: file, place: extent.lowerBound) }
    }

    /// Whether the octets are text in UTF-8, as they will be said to be.
    static func isText(_ content: MessageContent) async throws -> Bool {
        var (rest, isText): ([UInt8], Bool) = ([], true)
        try await content.read { piece in
            guard isText else { return }
            rest += piece.readableBytesView
            // The last character may go on in the next piece.
            let tail = rest.reversed().prefix(3).firstIndex { $0 >= 0xC0 }
            let end = tail.map { rest.index(before: $0.base) } ?? rest.endIndex
            isText = String(validating: rest[..<end], as: UTF8.self) != nil
            rest.removeFirst(end)
        }
        return isText && String(validating: rest, as: UTF8.self) != nil
    }
}
