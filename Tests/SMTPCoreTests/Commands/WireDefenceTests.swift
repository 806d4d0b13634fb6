import NIOCore
import Testing

@testable import MailAddress
@testable import SMTPCore

/// Values that no public initialiser makes: the encoder must not rely on the types in front of it.
@Suite("Commands: what gets past the types does not get past the encoder")
struct WireDefenceTests {
    static let controls: [UInt8] = Array(0x00...0x1F) + [0x7F]

    private func expectRefusal(of command: Command, byte: UInt8, allowsUTF8: Bool = false) {
        var buffer = ByteBuffer(string: "RSET\r\n")
        let before = buffer
        let error = #expect(throws: CommandError.self) {
            try CommandEncoder(allowsUTF8: allowsUTF8).encode(command, into: &buffer)
        }
        #expect(error?.reason == .controlCharacter)
        #expect(error?.byte == byte)
        #expect(buffer == before)
    }

    @Test("S-A1 A1.2 a control character in a path", arguments: controls)
    func path(control: UInt8) throws {
        let local = LocalPart(semantic: Array("a".utf8) + [control] + Array("b".utf8))
        let address = EmailAddress(local, at: try MailDomain("example.org"))
        self.expectRefusal(of: .mail(.mailbox(address), []), byte: control)
        self.expectRefusal(of: .rcpt(.mailbox(address), []), byte: control)
        self.expectRefusal(of: .rcpt(.mailbox(address), []), byte: control, allowsUTF8: true)
    }

    @Test("S-A1 S-A3 A3.1 a control character in a parameter, behind a good path", arguments: controls)
    func parameter(control: UInt8) throws {
        let good = ESMTPParameter(keyword: "SIZE", encoded: "10")
        let value = ESMTPParameter(keyword: "ENVID", encoded: "a" + String(Unicode.Scalar(control)) + "b")
        let keyword = ESMTPParameter(keyword: "X" + String(Unicode.Scalar(control)), encoded: nil)
        for parameters in [[good, value], [value, good], [keyword]] {
            self.expectRefusal(of: .mail(.null, parameters), byte: control)
            self.expectRefusal(of: .rcpt(.postmaster, parameters), byte: control)
        }
    }

    @Test("R6531-1 Q60 an address outside ASCII in a transaction without SMTPUTF8")
    func nonASCII() throws {
        let command = Command.rcpt(.mailbox(try EmailAddress("ü@example.org")), [])
        let error = #expect(throws: CommandError.self) { try Wire.text(command) }
        #expect(error?.reason == .nonASCII)
        #expect(error?.argument == "RCPT TO path")
        #expect(error?.position == 0)
    }
}
