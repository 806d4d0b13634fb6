/// A message whose content is complete and whose final reply, or replies, are due.
struct Delivery {
    /// The envelope; nil when the content came without a transaction.
    let transaction: Transaction?
    let content: ContentSink
    let isBDAT: Bool
    let queueID: String
    /// The indexes of the recipients that were accepted for good.
    private(set) var accepted: Set<Int> = []
    /// Whether the message was accepted for anybody.
    private(set) var isAccepted = false
    var isStored = false
    /// Whether `Configuration.onMessage` has been asked.
    var wasOffered = false
    /// What it refused the message with; nil when it did not.
    var refusal: Reply?
    /// The final LMTP replies.
    var replies: [String] = []

    var recipients: [SMTPTestServer.Recipient] { self.transaction?.recipients ?? [] }

    init(transaction: Transaction?, content: ContentSink, isBDAT: Bool, queueID: String) {
        self.transaction = transaction
        self.content = content
        self.isBDAT = isBDAT
        self.queueID = queueID
    }

    mutating func accept(_ index: Int) {
        self.isAccepted = true
        self.accepted.insert(index)
    }

    mutating func acceptAll() {
        self.isAccepted = true
        self.accepted = Set(self.recipients.indices)
    }
}
