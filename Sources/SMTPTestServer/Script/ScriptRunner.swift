import NIOConcurrencyHelpers

/// A script with its counters, shared by all connections of one server.
final class ScriptRunner: Sendable {
    private struct Counters {
        var rules: [Int]
        var kinds = EventCounter()
    }

    /// The numbers of content octets at which something may be scripted, ascending.
    let contentOffsets: [Int]

    private let source: SMTPTestServer.Script.Source
    private let counters: NIOLockedValueBox<Counters>

    init(_ script: SMTPTestServer.Script) {
        self.source = script.source
        switch script.source {
        case .rules(let rules):
            let offsets = rules.compactMap { rule in
                if case .contentOctets(let count) = rule.stage.criterion { count } else { nil }
            }
            self.contentOffsets = Set(offsets).sorted()
            self.counters = NIOLockedValueBox(Counters(rules: Array(repeating: 0, count: rules.count)))
        case .closure(let offsets, _):
            self.contentOffsets = Set(offsets).sorted()
            self.counters = NIOLockedValueBox(Counters(rules: []))
        }
    }

    /// The actions for an event; nil when the script has nothing to say about it.
    func actions(for kind: SMTPTestServer.Event.Kind, sessionIndex: Int) -> [SMTPTestServer.Action]? {
        switch self.source {
        case .rules(let rules):
            return self.firstMatch(in: rules, for: kind, sessionIndex: sessionIndex)
        case .closure(_, let decide):
            let occurrence = self.counters.withLockedValue { $0.kinds.count(Self.name(of: kind)) }
            return decide(.init(kind: kind, sessionIndex: sessionIndex, occurrence: occurrence))
        }
    }

    /// Counts the event for every rule it matches, so that the numbers do not depend on the order of the
    /// rules.
    private func firstMatch(
        in rules: [SMTPTestServer.Rule],
        for kind: SMTPTestServer.Event.Kind,
        sessionIndex: Int
    ) -> [SMTPTestServer.Action]? {
        var actions: [SMTPTestServer.Action]?
        for (index, rule) in rules.enumerated() where rule.session ?? sessionIndex == sessionIndex {
            guard rule.stage.matches(kind) else { continue }
            let time = self.counters.withLockedValue { counters in
                counters.rules[index] += 1
                return counters.rules[index]
            }
            if actions == nil, rule.stage.occurrence.times.contains(time) {
                actions = rule.actions
            }
        }
        return actions
    }

    private static func name(of kind: SMTPTestServer.Event.Kind) -> String {
        switch kind {
        case .connect: "connect"
        case .clientHello: "clientHello"
        case .secured: "secured"
        case .command(let verb, _): "command \(verb)"
        case .authResponse: "authResponse"
        case .contentOctets(let count): "contentOctets \(count)"
        case .bdat: "bdat"
        case .endOfContent: "endOfContent"
        case .lmtpRecipient: "lmtpRecipient"
        }
    }
}
