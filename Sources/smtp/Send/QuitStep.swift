/// A step of a session after which `--quit-after` ends it.
enum QuitStep: String, CaseIterable, Comparable {
    case connect
    case greeting
    case hello
    case tls
    case auth
    case mail
    case rcpt
    case data

    /// Compares by the order of the dialogue.
    static func < (left: QuitStep, right: QuitStep) -> Bool { left.place < right.place }

    private var place: Int { Self.allCases.firstIndex(of: self) ?? 0 }
}
