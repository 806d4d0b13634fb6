import AsyncSMTP
import Foundation
import Testing

@Suite("Real servers: bodies", .realServers, .serialized, .timeLimit(.minutes(20)))
struct RealServerBodyTests {
    @Test(
        "S-B1.1 S-B2.1 R5321-4.5.2-1 R6152-1 by DATA every body is stored octet by octet, the next in step",
        arguments: RealServer.allCases,
        RealBody.all
    )
    func data(server: RealServer, body: RealBody) async throws {
        try await self.send(body, to: server, SendOptions(), wire: WireReference.data(body.octets))
    }

    @Test(
        "R3030-1 by BDAT every body is stored octet by octet, without a dot or line end more",
        arguments: RealServer.chunking,
        RealBody.all
    )
    func chunks(server: RealServer, body: RealBody) async throws {
        var options = SendOptions()
        options.usesChunking = true
        try await self.send(body, to: server, options, wire: WireReference.chunks(body.octets))
    }

    private func send(_ body: RealBody, to server: RealServer, _ options: SendOptions, wire: Data)
        async throws
    {
        let (message, next) = (RealMessage(), RealMessage())
        let nextText = "Subject: next\r\n\r\nin step\r\n"
        try await SMTPSession.withSession(to: server.endpoint(), configuration: .forRealServers()) {
            session in
            let receipt = try await session.send(
                .bytes(body.octets),
                envelope: message.envelope(),
                options: options
            )
            #expect(receipt.accepted.map(\.code) == [.ok])
            #expect(receipt.octets == UInt64(wire.count))
            #expect(receipt.negotiation.usedChunking == options.usesChunking)
            let after = try await session.send(.text(nextText), envelope: next.envelope(), options: options)
            #expect(after.accepted.count == 1)
            #expect(try await session.noop().code == .ok)
        }
        try server.expectStored(message, wire: wire, isEightBit: body.isEightBit)
        try server.expectStored(next, wire: Data(nextText.utf8))
    }

    @Test(
        "S-B2.1 under the rule reject a lone CR or LF is an error before anything is sent",
        arguments: RealServer.allCases
    )
    func reject(server: RealServer) async throws {
        let message = RealMessage()
        var options = SendOptions()
        options.contentRules.lineEnds = .reject
        try await SMTPSession.withSession(to: server.endpoint(), configuration: .forRealServers()) {
            session in
            let error = await #expect(throws: SMTPError.self) {
                try await session.send(.text("x\r\n.\ny"), envelope: message.envelope(), options: options)
            }
            #expect(error?.code == .invalidMessage)
            #expect((error?.underlying as? ContentError) == ContentError(.bareLineEnd, position: 4))
            #expect(error?.acceptance == .notAccepted)
            let reply = try await session.noop()
            #expect(reply.code == .ok)
        }
        #expect(try server.copies(of: message).isEmpty)
    }
}
