internal import MailAddress

extension FieldValue {
    /// Whether there is no way to write it in ASCII (RFC 6532).
    var needsUTF8: Bool {
        switch self.content {
        case .addresses(let entries): entries.flatMap(\.mailboxes).contains { $0.address.needsSMTPUTF8 }
        case .raw(let text): !text.utf8.allSatisfy { $0 < 0x80 }
        default: false
        }
    }
}
