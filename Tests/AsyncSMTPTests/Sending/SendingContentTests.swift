import AsyncSMTP
import SMTPTestServer
import Testing

/// Bodies on their way through DATA, at the server.
@Suite("Content by DATA")
struct SendingContentTests {
    /// Sends a body twice over one connection and gives what was on the wire behind the 354.
    private func wire(of body: String, level: PipeliningLevel) async throws -> String {
        var result = ""
        let configure: (inout SMTPConfiguration) -> Void = { $0.sending.pipelining = level }
        try await Loopback.withSession(.init(storesWireContent: true), configure: configure) {
            server,
            session in
            for _ in 0..<2 {
                let receipt = try await session.send(.text(body), envelope: Letter.envelope())
                #expect(receipt.accepted.count == 1)
            }
            try await Loopback.expectUsable(session)
            // Two messages, the same both times, and no command or reply but those that belong to them.
            #expect(server.messageCount == 2)
            #expect(server.sessions.count == 1)
            let verbs = server.commands.map { $0.prefix(4) }
            #expect(verbs == ["EHLO", "MAIL", "RCPT", "DATA", "MAIL", "RCPT", "DATA", "NOOP"])
            let record = try #require(server.sessions.first)
            // The greeting, a reply to each command, and one behind each content.
            #expect(record.replies.count == 1 + verbs.count + 2)
            let wires = server.messages.compactMap(\.wireContent)
            #expect(wires.count == 2)
            #expect(wires.first == wires.last)
            result = String(decoding: wires.first ?? [], as: UTF8.self)
        }
        return result
    }

    @Test(
        "S-B1.1 S-B1 dots at the start of a line are doubled, and the end is the end",
        arguments: [
            ("", ".\r\n"), (".", "..\r\n.\r\n"), (".\r\n", "..\r\n.\r\n"),
            (
                "a\r\n\r\n.\r\nMAIL FROM:<x>\r\n", "a\r\n\r\n..\r\nMAIL FROM:<x>\r\n.\r\n"
            ),
            ("a", "a\r\n.\r\n"), ("a\r\n", "a\r\n.\r\n"), ("..", "...\r\n.\r\n"),
            ("a.\r\n.b", "a.\r\n..b\r\n.\r\n"),
        ],
        PipeliningLevel.allCases
    )
    func dots(row: (body: String, wire: String), level: PipeliningLevel) async throws {
        #expect(try await self.wire(of: row.body, level: level) == row.wire)
    }

    @Test(
        "S-B2.1 S-B2 no body can end the message and begin another",
        arguments: [
            "x\n.\ny", "x\n.\r\ny", "x\r.\ry", "x\r.\r\ny", "x\r\n.\ny", "x\r\n.\ry", "x\n\r\n.\r\n",
            "x\r\r\n.\r\ny", "\n.\n",
        ],
        PipeliningLevel.allCases
    )
    func smuggling(body: String, level: PipeliningLevel) async throws {
        let wire = Array(try await self.wire(of: body + "MAIL FROM:<evil@x>", level: level).utf8)
        let terminator = Array("\r\n.\r\n".utf8)
        let places = wire.indices.filter { wire[$0...].starts(with: terminator) }
        #expect(places == [wire.count - terminator.count])
        for (index, octet) in wire.enumerated() {
            if octet == 0x0D { #expect(wire.dropFirst(index + 1).first == 0x0A) }
            if octet == 0x0A { #expect(index > 0 && wire[index - 1] == 0x0D) }
        }
    }

    @Test(
        "S-B2.1 the strict policy refuses such a body before anything is sent",
        arguments: ["x\n.\ny", "x\r.\ry", "x\r", "\n"]
    )
    func strict(body: String) async throws {
        var options = SendOptions()
        options.contentRules.lineEnds = .reject
        try await Loopback.withSession { server, session in
            let error = try await #require(throws: SMTPError.self) {
                try await session.send(.text(body), envelope: Letter.envelope(), options: options)
            }
            #expect(error.code == .invalidMessage)
            let cause = try #require(error.underlying as? ContentError)
            #expect(cause.reason == .bareLineEnd)
            #expect([0x0A, 0x0D].contains(Array(body.utf8)[Int(cause.position)]))
            try await Loopback.expectUsable(session)
            #expect(server.commands == ["NOOP"])
        }
    }
}
