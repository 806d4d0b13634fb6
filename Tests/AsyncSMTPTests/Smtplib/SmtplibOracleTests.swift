import AsyncSMTP
import Foundation
import SMTPTestServer
import Testing

/// The same mail sent by Python's smtplib and by this library, compared octet by octet at the server.
@Suite("smtplib: octets on the wire", .enabled(if: Python.hasSmtplib))
struct SmtplibOracleTests {
    /// A body for `sendmail`, and what is known to differ.
    struct Body: Sendable, CustomTestStringConvertible {
        let name: String
        let octets: [UInt8]
        /// Whether smtplib gets a `str`, in which it mends line ends, or `bytes`, in which it does not.
        let isText: Bool
        /// What smtplib puts on the wire behind the 354 where that differs from ours, and ours.
        let difference: (theirs: String, ours: String)?

        var testDescription: String { self.name }

        init(_ name: String, _ text: String, isText: Bool = true, difference: (String, String)? = nil) {
            self.name = name
            self.octets = Array(text.utf8)
            self.isText = isText
            self.difference = difference
        }

        /// Octets of the message once every line ends with CRLF, which is what SIZE declares (RFC 1870).
        var size: Int {
            var lines = 0
            var length = 0
            var previous: UInt8 = 0x0A
            for octet in self.octets {
                if octet == 0x0A, previous == 0x0D {
                    previous = octet
                    continue
                }
                if octet == 0x0D || octet == 0x0A { lines += 1 } else { length += 1 }
                previous = octet
            }
            let isComplete = self.octets.isEmpty || previous == 0x0D || previous == 0x0A
            return length + 2 * (lines + (isComplete ? 0 : 1))
        }

        var hasEightBitOctets: Bool { self.octets.contains { $0 >= 0x80 } }
    }

    static let bodies: [Body] = [
        Body("plain", "Subject: x\r\n\r\nHello\r\n"), Body("no final line end", "Subject: x\r\n\r\nHello"),
        // smtplib makes one empty line of no line at all.
        Body("empty", "", difference: ("\r\n.\r\n", ".\r\n")), Body("one line end", "\r\n"),
        Body("dots", ".\r\n..\r\n.a\r\na.\r\n...\r\n"), Body("a dot and nothing else", "."),
        Body("a dot behind an empty line", "a\r\n\r\n.\r\nQUIT\r\n"), Body("LF", "a\n.b\n\n.\nc\n"),
        Body("CR", "a\r.b\r\r.\rc\r"), Body("mixed line ends", "a\n\r\n.\r\r\nb\n\r.c"),
        Body("long lines", String(repeating: "x", count: 998) + "\r\n." + String(repeating: "y", count: 996)),
        Body("8-bit octets", "Subject: x\r\n\r\nGrüße\r\n.ß\r\n", isText: false),
        Body("bytes with CRLF", "a\r\n.b\r\n", isText: false),
        // In bytes smtplib leaves line ends alone: this is an attack on the next server ("SMTP smuggling").
        Body(
            "bytes with LF",
            "a\n.\nb\r\n",
            isText: false,
            difference: ("a\n..\nb\r\n.\r\n", "a\r\n..\r\nb\r\n.\r\n")
        ),
        Body(
            "bytes with CR",
            "a\r.\rb\r\n",
            isText: false,
            difference: ("a\r.\rb\r\n.\r\n", "a\r\n..\r\nb\r\n.\r\n")
        ),
    ]

    private static let script = """
        import base64, smtplib, sys
        host, port = sys.argv[1], int(sys.argv[2])
        for argument in sys.argv[3:]:
            kind, text = argument.split(':')
            body = base64.b64decode(text)
            body = body.decode('ascii') if kind == 'str' else body
            with smtplib.SMTP(host, port, local_hostname='client.example') as session:
                refused = session.sendmail('ann@example.org', ['bob@example.net', 'tom@example.net'], body)
                assert refused == {}, refused
        """

    /// Octets each session brought, in order.
    private static func octets(of server: SMTPTestServer) async throws -> [String] {
        try await server.waitForSessionsClosed(Self.bodies.count)
        return server.sessions.map { String(decoding: $0.receivedOctets, as: UTF8.self) }
    }

    private static let serverConfiguration = SMTPTestServer.Configuration(
        // Without PIPELINING both sides wait for each reply; the order of the octets is the same with it.
        extensions: ["SIZE 1000000", "8BITMIME"]
    )

    private func sendByPython() async throws -> [String] {
        try await SMTPTestServer.withServer(Self.serverConfiguration) { server in
            let bodies = Self.bodies.map { body in
                (body.isText ? "str:" : "bytes:") + Data(body.octets).base64EncodedString()
            }
            _ = try await Python.run(Self.script, arguments: [server.host, String(server.port)] + bodies)
            return try await Self.octets(of: server)
        }
    }

    private func sendByUs(extensions: [String]) async throws -> [String] {
        var serverConfiguration = Self.serverConfiguration
        serverConfiguration.extensions += extensions
        return try await SMTPTestServer.withServer(serverConfiguration) { server in
            let envelope = try Letter.envelope(to: ["bob@example.net", "tom@example.net"])
            for body in Self.bodies {
                try await SMTPSession.withSession(
                    to: try Loopback.place(of: server),
                    configuration: try Loopback.configuration()
                ) { session in
                    _ = try await session.send(.bytes(body.octets), envelope: envelope)
                }
            }
            return try await Self.octets(of: server)
        }
    }

    /// What smtplib sent, with the differences the page tells about and no others.
    private func translate(_ octets: String, of body: Body) throws -> String {
        let theirSize = try #require(octets.firstMatch(of: #/ size=\d+\r\n/#)).output
        let ourParameters = " SIZE=\(body.size)" + (body.hasEightBitOctets ? " BODY=8BITMIME" : "") + "\r\n"
        var result = octets
        let replacements = [
            // Verbs are the same in any case (RFC 5321 section 2.4).
            ("ehlo client.example\r\n", "EHLO client.example\r\n"), ("mail FROM:", "MAIL FROM:"),
            ("rcpt TO:<bob@", "RCPT TO:<bob@"), ("rcpt TO:<tom@", "RCPT TO:<tom@"),
            (String(theirSize), ourParameters),
        ]
        for (theirs, ours) in replacements {
            #expect(result.components(separatedBy: theirs).count == 2, "\(theirs.debugDescription)")
            result = result.replacingOccurrences(of: theirs, with: ours)
        }
        if let difference = body.difference {
            let theirs = "data\r\n\(difference.theirs)QUIT\r\n"
            #expect(result.hasSuffix(theirs))
            return String(result.dropLast(theirs.count)) + "DATA\r\n\(difference.ours)QUIT\r\n"
        }
        return result.replacing("\r\ndata\r\n", with: "\r\nDATA\r\n", maxReplacements: 1)
    }

    @Test(
        "smtplib.sendmail and ours bring the same octets, but for what the page tells",
        arguments: [[], ["PIPELINING"]]
    )
    func sameOctets(extensions: [String]) async throws {
        let theirs = try await self.sendByPython()
        let ours = try await self.sendByUs(extensions: extensions)
        try #require(theirs.count == Self.bodies.count)
        try #require(ours.count == Self.bodies.count)
        for (index, body) in Self.bodies.enumerated() {
            let expected = try self.translate(theirs[index], of: body)
            #expect(
                ours[index].utf8.elementsEqual(expected.utf8),
                "\(body.name): \(ours[index].debugDescription)"
            )
            #expect(ours[index].debugDescription == expected.debugDescription)
        }
    }
}
