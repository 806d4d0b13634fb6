/// What to do about certain replies, in place of what a ``RetryPolicy`` would do.
public struct RetryRule: Sendable, Hashable {
    /// What to do.
    public enum Action: Sendable, Hashable {
        /// Try again with the policy's delays, a refusal for good (5yz) too.
        case retry
        /// Try again without delay.
        case retryAtOnce
        /// Try again with the policy's delays, none of them shorter than this.
        case retryAfter(atLeast: Duration)
        /// Do not try again.
        case never

        /// How soon; nil for never.
        var pace: RetryPace? {
            switch self {
            case .retry: .backOff
            case .retryAtOnce: .atOnce
            case .retryAfter(let least): .atLeast(least)
            case .never: nil
            }
        }
    }

    /// The replies it is for.
    public var pattern: ReplyPattern
    /// What to do about them.
    public var action: Action

    /// Makes a rule.
    public init(_ pattern: ReplyPattern, _ action: Action) {
        self.pattern = pattern
        self.action = action
    }

    /// Makes a rule for the replies that a text such as `451`, `4.7.x` or `451 4.7.x` stands for.
    ///
    /// - Throws: ``SMTPError`` as ``ReplyPattern/init(_:)`` does.
    public init(_ pattern: String, _ action: Action) throws(SMTPError) {
        self.init(try ReplyPattern(pattern), action)
    }
}
