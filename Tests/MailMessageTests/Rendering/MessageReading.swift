import Foundation
import MailAddress
import MailMessage
import Testing

/// A rendered message as the tests look at it.
struct MessageReading {
    /// All of it, octets above 0x7F as Latin-1, so that no octet is lost.
    let text: String
    /// The octets.
    let octets: [UInt8]
    /// What was rendered.
    let rendered: RenderedMessage

    /// Renders and reads a message, and holds it against ``OctetRules``.
    init(_ message: Message, for capability: TransferCapability = .sevenBit) async throws {
        self.rendered = try await message.rendered(for: capability)
        self.octets = try await self.rendered.octets()
        self.text = String(String.UnicodeScalarView(self.octets.map { Unicode.Scalar($0) }))
        OctetRules.check(self.octets, self.rendered)
        #expect(self.rendered.size.map { $0 == UInt64(self.octets.count) } ?? true)
    }

    /// The header of the message, unfolded.
    var header: [String] {
        let end = self.text.range(of: "\r\n\r\n")?.lowerBound ?? self.text.endIndex
        return self.text[..<end].replacingOccurrences(of: "\r\n ", with: " ").components(separatedBy: "\r\n")
    }

    /// What stands behind the first empty line.
    var body: String {
        self.text.range(of: "\r\n\r\n").map { String(self.text[$0.upperBound...]) } ?? ""
    }

    /// Values of all fields of a name in the header of the message; the case of the name does not count.
    func values(_ name: String) -> [String] {
        self.header.filter { $0.lowercased().hasPrefix(name.lowercased() + ":") }.map {
            String($0.dropFirst(name.count + 1)).trimmingCharacters(in: .whitespaces)
        }
    }

    /// All lines that begin so, in the header or anywhere else.
    func lines(beginning prefix: String) -> [String] {
        self.text.components(separatedBy: "\r\n").filter { $0.lowercased().hasPrefix(prefix.lowercased()) }
    }

    /// All boundaries, in order.
    var boundaries: [String] {
        self.text.components(separatedBy: "boundary=\"").dropFirst().compactMap {
            $0.components(separatedBy: "\"").first
        }
    }

    /// Whether the text has all of these, in this order.
    func hasInOrder(_ pieces: [String]) -> Bool {
        var rest = self.text[...]
        for piece in pieces {
            guard let range = rest.range(of: piece) else { return false }
            rest = rest[range.upperBound...]
        }
        return true
    }
}

/// Messages to begin with.
enum MessageFixture {
    /// From Ann to Bob, with a text.
    static func plain(_ text: String? = "Hello.\r\n") throws -> Message {
        try Message(from: "Ann <ann@example.org>", to: "bob@example.net", subject: "Test", text: text)
    }

    /// A mailbox without a name.
    static func mailbox(_ address: String) throws -> Mailbox { Mailbox(try EmailAddress(address)) }

    /// The reason for which a message cannot be rendered, and the field.
    static func refusal(
        of message: Message,
        for capability: TransferCapability = .sevenBit
    ) async -> (reason: MessageError.Reason, field: String?)? {
        do {
            _ = try await message.rendered(for: capability)
            return nil
        } catch let error as MessageError {
            return (error.reason, error.field)
        } catch {
            Issue.record(error)
            return nil
        }
    }
}
