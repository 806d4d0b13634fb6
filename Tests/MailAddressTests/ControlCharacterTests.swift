import MailAddress
import Testing

@Suite("S-A1: control characters in addresses")
struct ControlCharacterTests {
    static let controls: [UInt8] = Array(0x00...0x1F) + [0x7F]

    /// A part of an address to put a control character into, as the text before it, in it and after it.
    struct Place: Sendable, CustomTestStringConvertible {
        let name: String
        let head: String
        let part: String
        let tail: String

        var testDescription: String { name }

        /// The texts with `character` at the start, in the middle and at the end of the part.
        func texts(with character: Unicode.Scalar) -> [String] {
            let middle = part.index(part.startIndex, offsetBy: part.count / 2)
            let control = String(character)
            let parts = [
                control + part,
                part[..<middle] + control + part[middle...],
                part + control,
            ]
            return parts.map { head + $0 + tail }
        }
    }

    static let places = [
        Place(name: "local part", head: "", part: "user", tail: "@example.org"),
        Place(name: "quoted local part", head: "\"", part: "a user", tail: "\"@example.org"),
        Place(name: "domain", head: "user@", part: "example.org", tail: ""),
        Place(name: "address literal", head: "user@[", part: "192.0.2.1", tail: "]"),
    ]

    @Test("S-A1.1: a line break and a command behind it")
    func secondCommand() {
        let error = #expect(throws: AddressError.self) {
            try EmailAddress("a@b\r\nRCPT TO:<evil@x>")
        }
        #expect(error?.reason == .controlCharacter)
        #expect(error?.position == 3)
        #expect(error?.byte == 0x0D)
    }

    @Test("S-A1.2: each control at start, middle and end of each part", arguments: places, controls)
    func everywhere(place: Place, control: UInt8) {
        for text in place.texts(with: Unicode.Scalar(control)) {
            let error = #expect(throws: AddressError.self) { try EmailAddress(text) }
            #expect(error?.reason == .controlCharacter)
            #expect(error?.byte == control)
        }
    }

    @Test("S-A1.2: the same between angle brackets in a list", arguments: places, controls)
    func everywhereInLists(place: Place, control: UInt8) {
        for mode in [AddressListParser.Mode.strict, .lenient] {
            let parser = AddressListParser(mode: mode)
            for text in place.texts(with: Unicode.Scalar(control)) {
                let addresses = (try? parser.mailboxes(in: "<\(text)>"))?.map(\.address.wireForm)
                // A tab is white space in a header field: allowed around an address, or obsolete inside it.
                if control == 0x09 {
                    #expect(addresses == nil || addresses == [place.head + place.part + place.tail])
                } else {
                    #expect(addresses == nil)
                }
            }
        }
    }

    @Test("S-A1.2: each control in a domain and in the parts of an address", arguments: controls)
    func parts(control: UInt8) throws {
        let character = Unicode.Scalar(control)
        let domain = try MailDomain("example.org")
        #expect(throws: AddressError.self) { try MailDomain("exam\(character)ple") }
        #expect(throws: AddressError.self) { try MailDomain("[192.0.2.1\(character)]") }
        #expect(throws: AddressError.self) { try MailDomain(ipAddress: "192.0.2.1\(character)") }
        for text in ["\(character)a", "a\(character)b", "a\(character)"] {
            let error = #expect(throws: AddressError.self) {
                try EmailAddress(localPart: text, domain: domain)
            }
            #expect(error?.reason == .controlCharacter)
        }
    }

    @Test("S-A1.3: a backslash does not make a control fit", arguments: controls)
    func quotedPair(control: UInt8) {
        for escaped in ["\\\(Unicode.Scalar(control))", "\\\r\\\n", "\\\r\n"] {
            let text = "\"a\(escaped)b\"@x.org"
            #expect(throws: AddressError.self) { try EmailAddress(text) }
            #expect(throws: AddressError.self) { try AddressListParser(mode: .strict).parse(text) }
            #expect(throws: AddressError.self) { try AddressListParser(mode: .lenient).parse(text) }
        }
    }

    @Test(
        "S-A1: C1 controls and Unicode line separators",
        arguments: Array(0x80...0x9F) + [0x2028, 0x2029],
        places.dropLast()
    )
    func unicodeControls(value: UInt32, place: Place) throws {
        let character = try #require(Unicode.Scalar(value))
        for text in place.texts(with: character) {
            let error = #expect(throws: AddressError.self) { try EmailAddress(text) }
            #expect(error?.reason == .controlCharacter)
            let lenient = #expect(throws: AddressError.self) {
                try AddressListParser(mode: .lenient).parse("\(text), a@b")
            }
            #expect(lenient?.reason == .controlCharacter)
        }
    }

    @Test(
        "S-A1: neighbours of the refused characters are text",
        arguments: [0xA0, 0x2027, 0x202A, 0xA8, 0xE2]
    )
    func neighbours(value: UInt32) throws {
        let character = try #require(Unicode.Scalar(value))
        let address = try EmailAddress("a\(character)b@example.org")
        #expect(address.localPart == "a\(character)b")
    }

    @Test("S-B3.3: controls in names", arguments: controls)
    func names(control: UInt8) throws {
        let name = "a\(Unicode.Scalar(control))b"
        let address = try EmailAddress("a@b")
        #expect(throws: AddressError.self) { try Mailbox(displayName: name, address: address) }
        #expect(throws: AddressError.self) { try AddressGroup(name: name, members: []) }
    }
}
