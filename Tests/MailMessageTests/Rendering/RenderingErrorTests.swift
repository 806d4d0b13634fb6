import MailAddress
import NIOCore
import Testing

@testable import MailMessage

/// Messages that cannot be rendered.
@Suite struct RenderingErrorTests {
    /// A part so many levels deep.
    private static func nested(_ levels: Int) -> BodyPart {
        var part = BodyPart.text("x")
        for _ in 0..<levels { part = .multipart(.mixed, [part]) }
        return part
    }

    private static func message(_ body: BodyPart) throws -> Message {
        var message = try MessageFixture.plain(nil)
        message.body = body
        return message
    }

    @Test("S-G2 parts 63 levels deep are rendered", arguments: TransferCapability.allCases)
    func deep(capability: TransferCapability) async throws {
        let reading = try await MessageReading(try Self.message(Self.nested(63)), for: capability)
        #expect(reading.boundaries.count == 63)
    }

    @Test("S-G2 deeper parts are refused, however deep", arguments: [64, 65, 1_000, 10_000])
    func tooDeep(levels: Int) async throws {
        #expect(await MessageFixture.refusal(of: try Self.message(Self.nested(levels)))?.reason == .tooLarge)
    }

    @Test("S-G2 messages within messages are refused as deep as other parts", arguments: [64, 2_000])
    func tooDeepMessages(levels: Int) async throws {
        var message = try MessageFixture.plain()
        for _ in 0..<levels {
            var outer = try MessageFixture.plain(nil)
            outer.body = .message(message)
            message = outer
        }
        #expect(await MessageFixture.refusal(of: message)?.reason == .tooLarge)
    }

    @Test("R2046-1 a multipart has parts and a multipart type, and nothing else has one")
    func multiparts() async throws {
        let parts: [BodyPart] = [
            .multipart(.mixed, []), .multipart(.plainText, [.text("x")]), .octets(.text("x"), type: .mixed),
            .text(.text("x"), type: .mixed), .message(.text("x")).changed { $0.mediaType = .mixed },
        ]
        for part in parts {
            let refusal = await MessageFixture.refusal(of: try Self.message(part))
            #expect(refusal?.reason == .invalidMediaType, "\(part.mediaType)")
        }
    }

    @Test(
        "R2045-1 a field that a part writes itself is refused among its others",
        arguments: [
            "Content-Type", "content-transfer-encoding", "Content-Disposition", "Content-ID", "Mime-Version",
        ]
    )
    func ownedFields(name: String) async throws {
        var part = BodyPart.text("x")
        try part.fields.append(name, "x")
        let message = try MessageFixture.plain().attaching(part)
        #expect(await MessageFixture.refusal(of: message)?.reason == .duplicateField)
        let direct = try MessageFixture.plain().field(name, "x")
        #expect(await MessageFixture.refusal(of: direct)?.reason == .duplicateField)
    }

    @Test("S-B3.1 a method of an invitation that is no token is refused", arguments: ["", "A B", "X;Y", "é"])
    func method(method: String) async throws {
        let message = try MessageFixture.plain().inviting(CalendarInvitation(method: method, text: "x"))
        #expect(await MessageFixture.refusal(of: message)?.reason == .invalidParameter)
    }
}

extension BodyPart {
    /// A changed copy.
    func changed(_ change: (inout BodyPart) -> Void) -> BodyPart {
        var copy = self
        change(&copy)
        return copy
    }
}
