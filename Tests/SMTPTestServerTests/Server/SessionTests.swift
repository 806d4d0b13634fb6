import Testing

@testable import SMTPTestServer

@Suite("Sessions over sockets", .timeLimit(.minutes(20)))
struct SessionTests {
    static let endpoints: [SMTPTestServer.Endpoint] = [.loopbackIPv4, .loopbackIPv6, .unixSocket]
    static let segmentations: [SMTPTestServer.Segmentation] = [
        .natural, .everyByte, .chunks(of: 7), .chunks(of: 0),
    ]

    @Test("command by command", arguments: endpoints)
    func lockStep(endpoint: SMTPTestServer.Endpoint) async throws {
        try await SMTPTestServer.withServer(.init(endpoint: endpoint)) { server in
            try await RawClient.with(server) { client in
                let commands = [
                    "EHLO client.example\r\n", "MAIL FROM:<a@x>\r\n", "RCPT TO:<b@y>\r\n", "DATA\r\n",
                    "Subject: hi\r\n\r\nline\r\n.\r\n",
                ]
                for (index, command) in commands.enumerated() {
                    try await client.send(command)
                    try await client.waitForReplies(index + 2)
                }
                #expect(server.messages.map(\.text) == ["Subject: hi\r\n\r\nline\r\n"])
                try await client.send("QUIT\r\n")
                try await client.waitForClose()
                #expect(client.codes == [220, 250, 250, 250, 354, 250, 221])
            }
            try await server.waitForSessionsClosed(1)
            let session = try #require(server.sessions.first)
            #expect(session.end == .quit)
            #expect(session.hello == "client.example")
            #expect(
                session.commands == [
                    "EHLO client.example", "MAIL FROM:<a@x>", "RCPT TO:<b@y>", "DATA", "QUIT",
                ]
            )
            #expect(session.replies.first == "220 mx.test.example ESMTP ready")
            #expect(session.replies.last == "221 2.0.0 Bye")
            #expect(session.synchronizationErrors.isEmpty)
            #expect(session.receivedOctets.count == session.receivedCount)
            #expect(session.sentOctets.count == session.sentCount)
            #expect(
                String(decoding: session.receivedOctets, as: UTF8.self).hasSuffix("line\r\n.\r\nQUIT\r\n")
            )
            #expect(session.description.hasSuffix("C: QUIT\nS: 221 2.0.0 Bye\nquit"))
        }
    }

    @Test("pipelined, replies in any segmentation", arguments: segmentations)
    func pipelined(segmentation: SMTPTestServer.Segmentation) async throws {
        try await SMTPTestServer.withServer(.init(segmentation: segmentation)) { server in
            try await RawClient.with(server) { client in
                try await client.send("EHLO c\r\n")
                try await client.waitForReplies(2)
                for _ in 1...3 {
                    let before = client.codes.count
                    try await client.send("MAIL FROM:<a@x>\r\nRCPT TO:<b@y>\r\nRCPT TO:<c@y>\r\nDATA\r\n")
                    try await client.waitForReplies(before + 4)
                    try await client.send("x\r\n..\r\n.\r\n")
                }
                try await client.send("QUIT\r\n")
                try await client.waitForClose()
                #expect(
                    client.codes == [220, 250]
                        + [[Int]](repeating: [250, 250, 250, 354, 250], count: 3).joined() + [221]
                )
            }
            #expect(server.messages.map(\.text) == Array(repeating: "x\r\n.\r\n", count: 3))
            #expect(server.messages.map(\.sessionIndex) == [0, 0, 0])
        }
    }

    @Test(
        "pieces of a reply",
        arguments: [
            (SMTPTestServer.Segmentation.natural, nil), (.everyByte, [1, 1, 1, 1, 1]),
            (.chunks(of: 2), [2, 2, 1]),
            (.chunks(of: 5), [5]), (.chunks(of: 9), [5]), (.chunks(of: -1), [1, 1, 1, 1, 1]),
        ]
    )
    func pieces(segmentation: SMTPTestServer.Segmentation, lengths: [Int]?) {
        let pieces = segmentation.pieces(of: Array("250\r\n".utf8))
        #expect(pieces?.map(\.count) == lengths)
        #expect(pieces.map { Array($0.joined()) } ?? Array("250\r\n".utf8) == Array("250\r\n".utf8))
    }

    @Test("LMTP", arguments: [SMTPTestServer.Endpoint.loopbackIPv4, .unixSocket])
    func lmtp(endpoint: SMTPTestServer.Endpoint) async throws {
        let configuration = SMTPTestServer.Configuration(
            endpoint: endpoint,
            flavour: .lmtp,
            script: [.on(.lmtpRecipient(1), .reply("550 5.2.1 no"))]
        )
        try await SMTPTestServer.withServer(configuration) { server in
            try await RawClient.with(server) { client in
                try await client.send(
                    "LHLO c\r\nMAIL FROM:<>\r\nRCPT TO:<a@y>\r\nRCPT TO:<b@y>\r\nRCPT TO:<a@y>\r\n"
                )
                try await client.send("DATA\r\nx\r\n.\r\nQUIT\r\n")
                try await client.waitForClose()
                #expect(client.codes == [220, 250, 250, 250, 250, 250, 354, 250, 550, 250, 221])
            }
            #expect(server.messages.map { $0.recipients.map(\.address) } == [["a@y", "a@y"]])
        }
    }

    @Test func authentication() async throws {
        try await SMTPTestServer.withServer(.init(users: ["u": "p"])) { server in
            try await RawClient.with(server) { client in
                try await client.send("EHLO c\r\nAUTH LOGIN\r\ndQ==\r\ncA==\r\n")
                try await client.waitForReplies(5)
                #expect(client.codes == [220, 250, 334, 334, 235])
                #expect(server.sessions.first?.authenticatedUser == "u")
            }
        }
    }

    @Test(arguments: [true, false])
    func aMessageOf25Mebibytes(storesContent: Bool) async throws {
        let line = Array((String(repeating: "m", count: 1022) + "\r\n").utf8)
        let block = Array((0..<1_024).map { _ in line }.joined())
        try await SMTPTestServer.withServer(.init(storesContent: storesContent)) { server in
            try await RawClient.with(server) { client in
                try await client.send("EHLO c\r\nMAIL FROM:<a@x>\r\nRCPT TO:<b@y>\r\nDATA\r\n")
                try await client.waitForReplies(5)
                for _ in 0..<25 {
                    try await client.send(block)
                }
                try await client.send(".\r\n")
                let message = try #require(try await server.waitForMessages(1).first)
                #expect(message.contentLength == 25 << 20)
                #expect(message.content.count == (storesContent ? 25 << 20 : 0))
                let session = try #require(server.sessions.first)
                #expect(session.receivedCount > 25 << 20)
                #expect(session.receivedOctets.count == 1 << 20)
            }
        }
    }

    @Test func recordsAreBounded() async throws {
        var configuration = SMTPTestServer.Configuration()
        configuration.limits.recordedSessions = 1
        configuration.limits.recordedMessages = 1
        configuration.limits.recordedLinesPerSession = 4
        configuration.limits.recordedOctetsPerSession = 3
        try await SMTPTestServer.withServer(configuration) { server in
            for _ in 1...2 {
                try await RawClient.with(server) { client in
                    try await client.send(
                        "EHLO c\r\nMAIL FROM:<>\r\nRCPT TO:<b@y>\r\nBDAT 0 LAST\r\nQUIT\r\n"
                    )
                    try await client.waitForClose()
                }
            }
            try await server.waitForSessionsClosed(2)
            #expect(server.messageCount == 2)
            #expect(server.messages.count == 1)
            #expect(server.sessions.map(\.dialogue.count) == [4])
            #expect(server.sessions.map(\.receivedOctets) == [Array("EHL".utf8)])
        }
    }
}
