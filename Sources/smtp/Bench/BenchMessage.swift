internal import AsyncSMTP
internal import Foundation

/// The message of a bench, which is sent again and again.
struct BenchMessage {
    /// Octets up to which a file is held in memory, as a service would hold it.
    private static let maximumHeldLength = 1 << 20
    /// Octets of a message without `--size` and `--eml`.
    private static let defaultSize = 1_024

    let message: RawMessage

    /// Makes the message that the options ask for.
    ///
    /// - Throws: ``ToolError`` with ``ExitStatus/unusableData`` for an address or a file that cannot be used, with
    ///   ``ExitStatus/usage`` for a size that has no room for the header.
    init(_ options: BenchCommand) throws {
        let recipients =
            options.to.isEmpty
            ? (1...(options.recipients ?? 1)).map { "recipient-\($0)@example.org" } : options.to
        let envelope: Envelope
        do throws(AddressError) {
            envelope = try Envelope(from: options.from, to: recipients)
        } catch {
            throw ToolError(.unusableData, "an address cannot be used: \(error)")
        }
        let content =
            if let file = options.eml {
                try Self.content(of: file)
            } else {
                try Self.content(octets: options.size ?? Self.defaultSize, from: envelope.sender)
            }
        self.message = RawMessage(content, envelope: envelope)
    }

    private static func content(of path: String) throws -> MessageContent {
        guard let file = FileHandle(forReadingAtPath: path),
            let beginning = try? file.read(upToCount: Self.maximumHeldLength + 1)
        else { throw ToolError(.unusableData, "the file \(path) cannot be read, or is empty") }
        // A large file is read while it is sent.
        return beginning.count > Self.maximumHeldLength ? .file(path) : .bytes(beginning)
    }

    /// A message of exactly so many octets.
    private static func content(octets count: Int, from sender: ReversePath) throws -> MessageContent {
        let author = sender.address?.wireForm ?? "bench@example.org"
        let header = Array("From: <\(author)>\r\nDate: \(MailDate.now())\r\nSubject: smtp bench\r\n\r\n".utf8)
        guard count >= header.count + 2 else {
            throw ToolError(.usage, "--size has no room for the header: use \(header.count + 2) or more")
        }
        let line = Array("The quick brown fox jumps over the lazy dog, and the mail goes on.\r\n".utf8)
        var octets = header
        octets.reserveCapacity(count + line.count)
        while octets.count + line.count <= count - 2 { octets += line }
        octets += Array(repeating: UInt8(ascii: "x"), count: count - 2 - octets.count)
        return .bytes(octets + Array("\r\n".utf8))
    }
}
