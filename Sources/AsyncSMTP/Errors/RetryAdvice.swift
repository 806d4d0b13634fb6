/// What a caller can do about an error.
public enum RetryAdvice: String, Sendable, Hashable {
    /// The same message may be sent again at once over a new connection; nothing was accepted.
    case retryOnNewConnection
    /// The same message may be sent again after a while; RFC 5321 section 4.5.4.1 suggests 30 minutes.
    case retryLater
    /// Sending the same again would end the same way.
    case doNotRetry
    /// Sending again may deliver the message twice; the caller has to decide.
    case mayDuplicate
}
