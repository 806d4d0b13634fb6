import MailAddress
import NIOCore
import SMTPCore
import Testing

@Suite("Parameters of MAIL")
struct MailParameterTests {
    /// Every extension that has a parameter.
    static let everything = [
        "SIZE", "8BITMIME", "BINARYMIME", "CHUNKING", "SMTPUTF8", "DSN", "AUTH PLAIN", "REQUIRETLS",
        "FUTURERELEASE",
        "DELIVERBY", "MT-PRIORITY", "XFOO", "LIMITS RCPTMAX=1", "PIPELINING", "STARTTLS",
    ]

    @Test(
        "R5321-4.1.1.1-3 a parameter that is offered: required, preferred, never",
        arguments: ParameterRow.all
    )
    func offered(row: ParameterRow) throws {
        #expect(try row.resolve(.require, offered: Self.everything) == [row.wire])
        #expect(try row.resolve(.prefer, offered: Self.everything) == [row.wire])
        #expect(try row.resolve(.never, offered: Self.everything) == [])
    }

    @Test(
        "R5321-4.1.1.1-3 R3461-1 R3461-6 R4954-11 R8689-1 R6531-1 a parameter that is not offered",
        arguments: ParameterRow.all
    )
    func notOffered(row: ParameterRow) throws {
        let others = Self.everything.filter { !$0.hasPrefix(row.keyword.description) }
        #expect(try row.resolve(.prefer, offered: others) == [])
        #expect(try row.resolve(.never, offered: others) == [])
        let error = #expect(throws: NegotiationError.self) { try row.resolve(.require, offered: others) }
        #expect(error?.reason == .notOffered(row.keyword))
        #expect(error?.description.contains(row.keyword.description) == true)
    }

    @Test("R5321-4.1.1.1-4 after HELO no parameter goes out", arguments: ParameterRow.all)
    func helo(row: ParameterRow) throws {
        var parameters = MailParameters()
        try row.ask(&parameters, .prefer)
        let context = MailParameters.Context(extensions: .none, content: try Survey.of("To: a\r\n\r\nx"))
        #expect(try parameters.resolve(in: context).isEmpty)
    }

    @Test("Q12 R8689-2 nothing is sent only because it is offered")
    func unasked() throws {
        let context = MailParameters.Context(extensions: try .offering(Self.everything), isVerifiedTLS: true)
        #expect(try MailParameters().resolve(in: context).isEmpty)
        let withContent = MailParameters.Context(
            extensions: try .offering(Self.everything),
            content: try Survey.of("To: a\r\n\r\nx\r\n"),
            isVerifiedTLS: true
        )
        #expect(try MailParameters().resolve(in: withContent).map(\.description) == ["SIZE=12"])
    }

    @Test("R3461-3 all at once: each parameter once, custom ones last")
    func everythingAtOnce() throws {
        var parameters = MailParameters()
        for row in ParameterRow.all { try row.ask(&parameters, .require) }
        parameters.custom = [CustomParameter(try .init("XFOO", value: "1"))]
        let context = MailParameters.Context(extensions: try .offering(Self.everything), isVerifiedTLS: true)
        let keywords = try parameters.resolve(in: context).map(\.keyword)
        #expect(
            keywords == [
                "SIZE", "BODY", "SMTPUTF8", "RET", "ENVID", "AUTH", "REQUIRETLS", "HOLDUNTIL", "BY",
                "MT-PRIORITY", "XFOO",
            ]
        )
    }

    @Test("R8689-1 REQUIRETLS without verified TLS: required is an error, preferred is left out")
    func requireTLS() throws {
        let context = MailParameters.Context(extensions: try .offering("REQUIRETLS"), isVerifiedTLS: false)
        var parameters = MailParameters()
        parameters.requireTLS = .prefer
        #expect(try parameters.resolve(in: context).isEmpty)
        parameters.requireTLS = .require
        let error = #expect(throws: NegotiationError.self) { try parameters.resolve(in: context) }
        #expect(error?.reason == .needsVerifiedTLS)
    }

    static let outOfRange: [@Sendable () throws -> Void] = [
        { _ = try FutureRelease.holdFor(seconds: 0) },
        { _ = try FutureRelease.holdFor(seconds: -1) },
        { _ = try FutureRelease.holdFor(seconds: 1_000_000_000) },
        { _ = try FutureRelease.holdUntil("") },
        { _ = try FutureRelease.holdUntil("2030-12-24T18:00:00") },
        { _ = try DeliverBy(seconds: 0, mode: .return) },
        { _ = try DeliverBy(seconds: -1, mode: .return) },
        { _ = try DeliverBy(seconds: 1_000_000_000, mode: .notify) },
        { _ = try DeliverBy(seconds: -1_000_000_000, mode: .notify) },
        { _ = try TransferPriority(10) },
        { _ = try TransferPriority(-10) },
    ]

    @Test("R5321-4.1.1.1-3 values of HOLDFOR, BY and MT-PRIORITY out of range", arguments: outOfRange.indices)
    func checkOutOfRange(index: Int) {
        let error = #expect(throws: CommandError.self) { try Self.outOfRange[index]() }
        #expect(error?.reason == .invalidValue)
    }

    static let timestamps = [
        ("2030-12-24 18:00:00Z", 10), ("2030-12-24T18:00:00+", 19), ("2030-1x-24T18:00:00Z", 6), ("x", 0),
        ("2030-12-24T18:00\r\n00Z", 16),
    ]

    @Test("S-A3 HOLDUNTIL names the octet that does not fit", arguments: timestamps)
    func timestamp(text: String, position: Int) {
        let error = #expect(throws: CommandError.self) { try FutureRelease.holdUntil(text) }
        #expect(error?.reason == .unexpectedCharacter)
        #expect(error?.position == position)
    }

    @Test("R5321-4.1.1.1-3 a custom parameter goes out only where its extension is offered")
    func custom() throws {
        let parameter = try ESMTPParameter("XBAR", value: "1")
        var parameters = MailParameters()
        func resolve(_ lines: String...) throws -> [String] {
            try parameters.resolve(in: .init(extensions: .offering(lines))).map(\.description)
        }
        parameters.custom = [CustomParameter(parameter)]
        #expect(try resolve("XBAR") == ["XBAR=1"])
        let error = #expect(throws: NegotiationError.self) { try resolve("XFOO") }
        #expect(error?.reason == .notOffered("XBAR"))
        parameters.custom = [CustomParameter(parameter, offeredBy: "XFOO", isRequired: false)]
        #expect(try resolve("XFOO") == ["XBAR=1"])
        #expect(try resolve("XBAR") == [])
    }
}
