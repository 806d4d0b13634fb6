import MailAddress
import MailMessage
import Testing

/// Every way to hand text to a header, tried with text that tries to be more than one field.
@Suite("Header injection")
struct InjectionTests {
    /// A way to make a field of a text.
    struct Way: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let field: @Sendable (String) throws -> HeaderField

        init(_ name: String, _ field: @escaping @Sendable (String) throws -> HeaderField) {
            testDescription = name
            self.field = field
        }
    }

    static let ways: [Way] = [
        Way("text") { HeaderField(.subject, .text($0)) },
        Way("raw") { HeaderField(.subject, try .raw($0)) },
        Way("display name") {
            HeaderField(.to, .mailboxes([try Mailbox(displayName: $0, address: EmailAddress("a@b.example"))]))
        },
        Way("local part") {
            let address = try EmailAddress(localPart: $0, domain: MailDomain("b.example"))
            return HeaderField(.to, .mailboxes([Mailbox(address)]))
        },
        Way("group name") { HeaderField(.to, .addresses([.group(try AddressGroup(name: $0, members: []))])) },
        Way("keyword") { HeaderField(.keywords, .phrases([$0])) },
        Way("List-Unsubscribe") { HeaderField(.listUnsubscribe, .uris(["https://" + $0])) },
        Way("List-Id") { HeaderField(.listID, .identifier(phrase: nil, id: "a.b" + $0)) },
        Way("List-Id phrase") { HeaderField(.listID, .identifier(phrase: $0, id: "a.b")) },
        Way("Message-ID") {
            HeaderField(.messageID, .messageIDs([try MessageIdentifier($0 + "@b.example")]))
        },
        Way("lenient Message-ID") {
            HeaderField(.references, .messageIDs([try MessageIdentifier(lenient: "a@" + $0)]))
        },
        Way("References") {
            HeaderField(.references, .messageIDs(MessageIdentifier.list(parsing: "<a@\($0)>")))
        },
        Way("Content-ID") { HeaderField(.contentID, .contentID(try ContentIdentifier("a@" + $0))) },
        Way("file name") {
            let parameter = try Parameter("filename", FileName($0).value)
            return HeaderField(.contentDisposition, .parameterized("attachment", [parameter]))
        },
        Way("parameter") {
            HeaderField(.contentType, .parameterized("text/plain", [try Parameter("charset", $0)]))
        },
        Way("parameter name") {
            HeaderField(.contentType, .parameterized("text/plain", [try Parameter($0, "x")]))
        },
        Way("media type") { HeaderField(.contentType, .mediaType(try MediaType("text", $0))) },
        Way("parsed media type") {
            HeaderField(.contentType, .mediaType(try MediaType(parsing: "text/" + $0)))
        },
        Way("calendar method") { HeaderField(.contentType, .mediaType(try .calendar(method: $0))) },
        Way("token") { HeaderField(.contentTransferEncoding, .parameterized($0, [])) },
        Way("name") { HeaderField(try FieldName($0), .text("x")) },
    ]

    static let attacks = [
        "x\r\nInjected: 1", "x\nInjected: 1", "x\rInjected: 1", "x\u{0}", "x\r\n\r\nInjected: 1",
        "\r\nInjected: 1",
        "x\u{2028}Injected: 1", "x\u{85}Injected: 1", "é\r\nInjected: 1",
    ]

    @Test("S-B3.3 S-B3.1 no text becomes a field of its own, or ends the header", arguments: ways, attacks)
    func injection(way: Way, attack: String) {
        for allowsUTF8 in [false, true] {
            guard let field = try? encoded(way.field(attack), allowsUTF8: allowsUTF8) else { continue }
            #expect(!field.utf8.contains(0))
            for (index, line) in lines(of: field).enumerated() {
                #expect(!line.lowercased().hasPrefix("injected"))
                #expect(!line.utf8.contains { $0 == 0x0D || $0 == 0x0A })
                #expect(index == 0 || line.hasPrefix(" ") || line.hasPrefix("\t"))
                #expect(!line.allSatisfy { $0 == " " })
            }
        }
    }

    @Test("S-B3.3 every way works with harmless text", arguments: ways)
    func harmless(way: Way) throws {
        let field = try encoded(way.field("harmless"))
        #expect(way.testDescription == "name" || field.contains("harmless"))
        #expect(lines(of: field).count == 1)
    }
}
