/// Value of BY: how soon the message must be delivered, and what happens otherwise (RFC 2852).
public struct DeliverBy: Sendable, Hashable {
    /// What the server does when the time is over.
    public enum Mode: String, Sendable, Hashable {
        /// Keeps trying and sends a delay report.
        case notify = "N"
        /// Gives up and sends a failure report.
        case `return` = "R"
    }

    let value: String

    /// Makes a value.
    ///
    /// - Parameters:
    ///   - seconds: Time from now, -999 999 999 to 999 999 999; with `.return` at least 1.
    ///   - mode: What happens when the time is over.
    ///   - traces: Whether relays report that they passed the message on.
    /// - Throws: ``CommandError`` when `seconds` is outside its range.
    public init(seconds: Int, mode: Mode, traces: Bool = false) throws(CommandError) {
        guard (-999_999_999...999_999_999).contains(seconds), mode == .notify || seconds > 0 else {
            throw CommandError(.invalidValue, argument: "BY")
        }
        self.value = "\(seconds);\(mode.rawValue)\(traces ? "T" : "")"
    }
}
