public import MailAddress

/// What must be known of a received message to answer it or to hand it on.
///
/// ```swift
/// let header = try ReceivedHeader(parsing: octets)
/// let ann = try Mailbox(displayName: "Ann", address: EmailAddress("ann@example.org"))
/// let answer = try Message.reply(to: header, from: ann, text: "Thank you!")
/// ```
///
/// It is read leniently: the obsolete forms of RFC 5322 §4 count, and a field that cannot be read is left empty and
/// named in ``unreadableFields``. Of fields that stand twice the first counts; To and Cc are put together
/// (RFC 5322 §4.5.3). Encoded-words (RFC 2047) are decoded in the subject and in names, after the addresses were
/// told apart, so that no decoded text is ever read as an address.
public struct ReceivedHeader: Sendable {
    /// Authors.
    public var from: [AddressListEntry] = []
    /// Who sent it for the authors.
    public var sender: [AddressListEntry] = []
    /// Where the authors want answers.
    public var replyTo: [AddressListEntry] = []
    /// Recipients.
    public var to: [AddressListEntry] = []
    /// Further recipients.
    public var cc: [AddressListEntry] = []
    /// What it is about, for people; without controls.
    public var subject = ""
    /// Its identifier, where it has one.
    public var messageID: MessageIdentifier?
    /// Messages it answers.
    public var inReplyTo: [MessageIdentifier] = []
    /// The conversation it belongs to, the oldest first.
    public var references: [MessageIdentifier] = []
    /// When it was written, if that can be read.
    public var date: MailDate?
    /// URI to write to the list it came through: List-Post (RFC 2369 §3.4); nil where there is none, or `NO`.
    public var listPost: String?
    /// Keyword of Auto-Submitted (RFC 3834 §5) in lower case, such as `auto-replied`.
    public var autoSubmitted: String?
    /// Precedence in lower case, such as `bulk`.
    public var precedence: String?
    /// Whether it came through a list: it has a field whose name begins with `List-` (RFC 2369, RFC 2919).
    public var isFromList = false
    /// Whether its Return-Path is `<>`: nobody wants to hear about it (RFC 5321 §4.5.5).
    public var hasNullReturnPath = false

    /// Names of the fields that are there but cannot be read, each once, in order.
    public internal(set) var unreadableFields: [String] = []

    /// Makes a header of nothing, to be filled with what is known from elsewhere.
    public init() {}

    /// Whether no program may answer it by itself (RFC 3834 §2): a program sent it, it came through a list or as
    /// bulk, or it has a null Return-Path.
    ///
    /// What is in doubt counts as a yes.
    public var asksForNoAutomaticReply: Bool {
        let isAutomatic = self.autoSubmitted.map { $0 != "no" } ?? false
        let isBulk = self.precedence.map(["bulk", "junk", "list"].contains) ?? false
        return isAutomatic || isBulk || self.isFromList || self.hasNullReturnPath
    }
}
