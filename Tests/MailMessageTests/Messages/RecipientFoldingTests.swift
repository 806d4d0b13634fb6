import Foundation
import MailAddress
import MailMessage
import Testing

/// Long lists of recipients.
@Suite struct RecipientFoldingTests {
    @Test("S-B7.1 fifty recipients with long names stay fifty, each comma and address in the clear")
    func fifty() async throws {
        var message = try MessageFixture.plain()
        message.to = try (0..<50).map { index in
            let name = String(repeating: "Ж,;<>@", count: 10)
            return .mailbox(try Mailbox(displayName: name, address: EmailAddress("r\(index)@example.org")))
        }
        let reading = try await MessageReading(message)
        let value = try #require(reading.values("To").first)
        let entries = value.components(separatedBy: ", ")
        #expect(entries.count == 50)
        for (index, entry) in entries.enumerated() {
            let words = entry.components(separatedBy: " ")
            #expect(words.last == "<r\(index)@example.org>")
            #expect(
                words.dropLast().allSatisfy {
                    $0.hasPrefix("=?") && $0.hasSuffix("?=") && $0.utf8.count <= 75
                }
            )
        }
        #expect(reading.text.components(separatedBy: "\r\n").allSatisfy { $0.utf8.count <= 78 })
    }
}
