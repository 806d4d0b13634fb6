import MailAddress
import Testing

@Suite("S-F5: table of addresses")
struct AddressTableTests {
    @Test("The table is as large as promised, and has no row twice")
    func size() {
        #expect(AddressTable.all.count >= 160)
        #expect(Set(AddressTable.all.map { Array($0.text.utf8) }).count == AddressTable.all.count)
    }

    @Test("S-F5: envelope use", arguments: AddressTable.all)
    func envelope(row: AddressRow) {
        #expect((try? EmailAddress(row.text))?.wireForm == row.envelope)
    }

    @Test("S-F5: header use, strict", arguments: AddressTable.all)
    func strict(row: AddressRow) {
        let mailboxes = try? AddressListParser(mode: .strict).mailboxes(in: row.text)
        #expect(mailboxes?.map(\.address.wireForm) == row.strict.map { [$0] })
    }

    @Test("S-F5: header use, lenient", arguments: AddressTable.all)
    func lenient(row: AddressRow) {
        let mailboxes = try? AddressListParser(mode: .lenient).mailboxes(in: row.text)
        #expect(mailboxes?.map(\.address.wireForm) == row.lenient.map { [$0] })
    }

    @Test("S-F5: bytes read as text does", arguments: AddressTable.all)
    func bytes(row: AddressRow) {
        let parser = AddressListParser(mode: .lenient)
        #expect((try? parser.parse(Array(row.text.utf8))) == (try? parser.parse(row.text)))
    }
}
