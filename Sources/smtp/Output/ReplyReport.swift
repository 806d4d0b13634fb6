internal import AsyncSMTP

/// A server's reply, for programs.
struct ReplyReport: Encodable, Sendable {
    /// The reply code.
    let code: Int
    /// The enhanced status code, as `5.1.1`.
    let enhanced: OrNull<String>
    /// The lines, without codes, joined by LF.
    let text: String

    init(_ reply: Reply) {
        self.code = reply.code.value
        self.enhanced = OrNull(reply.enhancedStatus?.description)
        self.text = reply.text
    }
}
