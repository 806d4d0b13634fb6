import AsyncSMTP
import SMTPTestServer
import Testing

/// Groups of commands that are larger than any buffer on the way.
@Suite("Many recipients")
struct SendingManyRecipientsTests {
    @Test(
        "S-E7.1 S-E7 ten thousand recipients, a server that does not read while it cannot write: no deadlock",
        // Over TCP windows of 4 KiB make it slow, so once is enough there.
        arguments: [
            (.loopbackIPv4, .transaction, false), (.unixSocket, .transaction, false),
            (.unixSocket, .transaction, true), (.unixSocket, .envelope, false),
            (.unixSocket, .envelope, true),
        ] as [(SMTPTestServer.Endpoint, PipeliningLevel, Bool)]
    )
    func largeGroup(
        endpoint: SMTPTestServer.Endpoint,
        level: PipeliningLevel,
        usesChunking: Bool
    ) async throws {
        let count = 10_000
        let recipients = (0..<count).map { "recipient\($0)@example.net" }
        var options = SendOptions()
        options.pipelining = level
        options.usesChunking = usesChunking
        options.maximumRecipients = count
        // Commands and replies are a multiple of all buffers each, so a client that writes the group to its
        // end before it reads a reply waits for ever, and so does the server.
        let configuration = SMTPTestServer.Configuration(
            endpoint: endpoint,
            maximumRecipients: count,
            socketBufferSize: 4096
        )
        try await Loopback.withSession(configuration) { server, session in
            let receipt = try await session.send(
                Letter.content,
                envelope: Letter.envelope(to: recipients),
                options: options
            )
            #expect(receipt.transactions == 1)
            #expect(receipt.accepted.count == count)
            #expect(receipt.negotiation.pipelining == level)
            let message = try #require(server.messages.first)
            #expect(message.addresses == recipients)
            try await Loopback.expectUsable(session)
        }
    }

    @Test(
        "S-E7 each of many replies is taken for its own recipient",
        arguments: [SMTPTestServer.Segmentation.natural, .chunks(of: 7)]
    )
    func pairing(segmentation: SMTPTestServer.Segmentation) async throws {
        let recipients = (0..<500).map { "user\($0)@example.net" }
        let script = SMTPTestServer.Script { event in
            guard case .command("RCPT", let argument) = event.kind, event.occurrence % 3 == 0 else {
                return nil
            }
            return [.reply("550 5.1.1 no \(argument)")]
        }
        let configuration = SMTPTestServer.Configuration(
            script: script,
            segmentation: segmentation,
            socketBufferSize: 4096
        )
        try await Loopback.withSession(configuration) { server, session in
            let receipt = try await session.send(Letter.content, envelope: Letter.envelope(to: recipients))
            for (index, outcome) in receipt.recipients.enumerated() {
                if index % 3 == 2 {
                    #expect(outcome.text == "no TO:<user\(index)@example.net>")
                } else {
                    #expect(outcome.disposition == .accepted)
                }
            }
            #expect(server.messages.map(\.recipients.count) == [receipt.accepted.count])
        }
    }
}
