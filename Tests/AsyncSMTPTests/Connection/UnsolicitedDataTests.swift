import SMTPCore
import Testing

@testable import AsyncSMTP

@Suite("Connection: what nobody asked for")
struct UnsolicitedDataTests {
    @Test(
        "S-E5 a reply to nothing ends the connection and is never given to a reader",
        arguments: [
            "250 ok\r\n", "235 2.7.0 ok\r\n", "250-a\r\n", "451 4.4.2 idle\r\n", "junk\r\n", "\0\r\n",
        ]
    )
    func idle(octets: String) {
        let machine = Machine(isGreeted: true)
        #expect(machine.receive(octets) == [.closes])
        #expect(!machine.isOpen)
        let excerpt = octets.unicodeScalars.filter { $0 != "\r" && $0 != "\n" }
        let name = "unsolicitedData \(String(String.UnicodeScalarView(excerpt)))"
        #expect(machine.write() == name)
        #expect(machine.want() == [.failed(name)])
    }

    @Test("S-E5 E5.1 a second reply to one command is not taken for the answer to the next")
    func secondReply() {
        let machine = Machine(isGreeted: true)
        _ = machine.write()
        #expect(machine.receive("250 ok\r\n250 ok\r\n") == [.closes])
        #expect(machine.want() == [.line("250 ok")])
        #expect(machine.write() == "unsolicitedData 250 ok")
    }

    @Test("S-C9 C9.1 a success in the segment of the greeting ends the connection")
    func greetingAndSuccess() {
        let machine = Machine()
        #expect(machine.receive("220 x\r\n235 2.7.0 ok\r\n") == [.closes])
        #expect(machine.want() == [.line("220 x")])
        #expect(machine.want(2) == [.failed("unsolicitedData 235 2.7.0 ok")])
        #expect(!machine.isIdle)
    }

    @Test(
        "Q41 R5321-3.8-1 an unread 421 on an idle connection says that the server closes it",
        arguments: [
            "421 4.4.2 timeout\r\n", "421 4.4.2 timeout\r\n421 again\r\n", "421-4.4.2 timeout\r\n421 bye\r\n",
        ]
    )
    func unread421(octets: String) {
        let machine = Machine(isGreeted: true)
        #expect(machine.receive(octets) == [.closes])
        #expect(!machine.isIdle)
        #expect(machine.write() == "serverClosing 421 4.4.2 timeout")
        #expect(machine.end() == [.closes])
        #expect(machine.write() == "serverClosing 421 4.4.2 timeout")
    }

    @Test(
        "S-E5 a fragment that came before a command is found when the command is written",
        arguments: ["2", "250 o", "\r"]
    )
    func fragment(octets: String) {
        let machine = Machine(isGreeted: true)
        #expect(machine.receive(octets).isEmpty)
        #expect(machine.isOpen)
        #expect(machine.hasUnreadData)
        #expect(!machine.isIdle)
        #expect(machine.write() == "unsolicitedData ")
        #expect(!machine.isOpen)
        #expect(machine.receive("50 ok\r\n").isEmpty)
        #expect(machine.want() == [.failed("unsolicitedData ")])
    }

    @Test("S-E5 a fragment of a reply that is owed hinders no further command")
    func fragmentOfOwedReply() {
        let machine = Machine(isGreeted: true)
        _ = machine.write()
        _ = machine.receive("250 o")
        #expect(machine.write() == nil)
        #expect(machine.receive("k\r\n550 no\r\n").isEmpty)
        #expect(machine.want() == [.line("250 ok")])
        #expect(machine.want() == [.line("550 no")])
        #expect(machine.isIdle)
    }

    @Test("S-I2 the excerpt of a long line has 200 octets")
    func excerpt() {
        let machine = Machine(isGreeted: true)
        _ = machine.receive(String(repeating: "x", count: 5000) + "\r\n")
        #expect(machine.write() == "unsolicitedData " + String(repeating: "x", count: 200))
    }

    // MARK: The end of an exchange

    @Test("an exchange that ends early owes nothing any more")
    func settle() {
        let machine = Machine(isGreeted: true)
        _ = machine.write(replies: 3)
        _ = machine.receive("421 bye\r\n")
        #expect(machine.want() == [.line("421 bye")])
        #expect(!machine.isIdle)
        #expect(machine.settle() == nil)
        #expect(machine.isIdle)
        #expect(machine.receive("250 late\r\n") == [.closes])
    }

    @Test(
        "S-E5 an exchange that ends with octets unread ends the connection",
        arguments: ["250 a\r\n", "250-a\r\n", "25"]
    )
    func settleWithUnread(octets: String) {
        let machine = Machine(isGreeted: true)
        _ = machine.write(replies: 2)
        #expect(machine.receive(octets).isEmpty)
        #expect(machine.settle() == "unsolicitedData \(octets.hasPrefix("250") ? "a" : "")")
        #expect(!machine.isOpen)
    }

    @Test("an exchange on a connection that has ended gives the reason")
    func settleAfterEnd() {
        let machine = Machine(isGreeted: true)
        _ = machine.end()
        #expect(machine.settle() == "closedByServer")
    }
}
