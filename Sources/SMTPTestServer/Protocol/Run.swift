/// The actions for one subject, partly carried out.
struct Run {
    let subject: Subject
    /// The code that decided about the subject; nil as long as nothing did.
    var code: Int?
    /// The octets of scripted replies until one of them decides.
    var octets: [UInt8] = []
    var scanner = ReplyScanner()
    /// Whether a `.default` action among them was reached.
    var ranDefault = false

    private var actions: ArraySlice<SMTPTestServer.Action>
    private let hasDefault: Bool

    /// Whether the next scripted reply decides about the subject.
    var decidesByReply: Bool { !self.hasDefault && self.code == nil }

    init(_ subject: Subject, actions: [SMTPTestServer.Action]) {
        self.subject = subject
        self.actions = actions[...]
        self.hasDefault = actions.contains { if case .runDefault = $0.kind { true } else { false } }
    }

    mutating func nextAction() -> SMTPTestServer.Action? {
        self.actions.popFirst()
    }
}
