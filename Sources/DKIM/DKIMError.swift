/// Why a key, a signer or a signature could not be made.
public struct DKIMError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What is wrong.
    public let reason: Reason
    /// More about it, in words, printable, without any secret; may be empty.
    public let detail: String

    /// Makes an error.
    package init(_ reason: Reason, _ detail: String = "") {
        self.reason = reason
        self.detail = detail
    }

    /// The reason, and the detail where there is one.
    public var description: String {
        self.detail.isEmpty ? self.reason.description : "\(self.reason): \(self.detail)"
    }
}
