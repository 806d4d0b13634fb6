/// A mail transaction from MAIL to the end of the content.
struct Transaction {
    let sender: String
    let parameters: SMTPTestServer.Parameters
    var recipients: [SMTPTestServer.Recipient] = []
    /// Whether BDAT was used; DATA and RCPT are out of order then.
    var hasChunks = false
}
