import MailAddress
import SMTPCore
import Testing

/// How much a row of a table wants its parameter.
enum Wish: String, Sendable, CaseIterable {
    case never, prefer, require

    func demand<Value>(_ value: Value) -> Demand<Value> {
        switch self {
        case .never: .never
        case .prefer: .prefer(value)
        case .require: .require(value)
        }
    }
}

/// A parameter of MAIL: by which keyword it is offered, how it is asked for, and what goes out.
struct ParameterRow: Sendable, CustomTestStringConvertible {
    let wire: String
    let keyword: ExtensionKeyword
    let ask: @Sendable (inout MailParameters, Wish) throws -> Void

    init(
        _ wire: String,
        _ keyword: ExtensionKeyword,
        _ ask: @escaping @Sendable (inout MailParameters, Wish) throws -> Void
    ) {
        self.wire = wire
        self.keyword = keyword
        self.ask = ask
    }

    var testDescription: String { self.wire }

    /// What goes out to a server that offers these lines, over verified TLS.
    func resolve(_ wish: Wish, offered lines: [String]) throws -> [String] {
        var parameters = MailParameters()
        try self.ask(&parameters, wish)
        let context = MailParameters.Context(extensions: try .offering(lines), isVerifiedTLS: true)
        return try parameters.resolve(in: context).map(\.description)
    }

    static let all = [
        ParameterRow("SIZE=100", .size) { $0.size = $1.demand(100) },
        ParameterRow("BODY=7BIT", .eightBitMIME) { $0.body = $1.demand(.sevenBit) },
        ParameterRow("BODY=8BITMIME", .eightBitMIME) { $0.body = $1.demand(.eightBitMIME) },
        ParameterRow("SMTPUTF8", .smtpUTF8) { $0.smtpUTF8 = $1.demand(Presence()) },
        ParameterRow("RET=FULL", .dsn) { $0.returnContent = $1.demand(.full) },
        ParameterRow("RET=HDRS", .dsn) { $0.returnContent = $1.demand(.headers) },
        ParameterRow("ENVID=x+20y", .dsn) {
            $0.envelopeIdentifier = $1.demand(try EnvelopeIdentifier("x y"))
        },
        ParameterRow("AUTH=<>", .auth) { $0.submitter = $1.demand(.null) },
        ParameterRow("AUTH=a+2Bb+3D@example.org", .auth) {
            $0.submitter = $1.demand(try ReversePath("a+b=@example.org"))
        },
        ParameterRow("AUTH=\"a+20b\"@example.org", .auth) {
            $0.submitter = $1.demand(try ReversePath("\"a b\"@example.org"))
        },
        ParameterRow("AUTH=+C3+BC@example.org", .auth) {
            $0.submitter = $1.demand(try ReversePath("ü@example.org"))
        },
        ParameterRow("REQUIRETLS", .requireTLS) { $0.requireTLS = $1.demand(Presence()) },
        ParameterRow("HOLDFOR=1", .futureRelease) { $0.futureRelease = $1.demand(try .holdFor(seconds: 1)) },
        ParameterRow("HOLDUNTIL=2030-12-24T18:00:00Z", .futureRelease) {
            $0.futureRelease = $1.demand(try .holdUntil("2030-12-24T18:00:00Z"))
        },
        ParameterRow("BY=120;R", .deliverBy) {
            $0.deliverBy = $1.demand(try DeliverBy(seconds: 120, mode: .return))
        },
        ParameterRow("BY=-60;NT", .deliverBy) {
            $0.deliverBy = $1.demand(try DeliverBy(seconds: -60, mode: .notify, traces: true))
        },
        ParameterRow("MT-PRIORITY=-9", .mtPriority) { $0.priority = $1.demand(try TransferPriority(-9)) },
        ParameterRow("MT-PRIORITY=9", .mtPriority) { $0.priority = $1.demand(try TransferPriority(9)) },
    ]
}
