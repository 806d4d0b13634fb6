internal import Logging
internal import NIOOpenSSL
internal import SMTPCore

/// Metadata of log events, the one place that decides what of an error or a receipt is shown.
///
/// Codes, stages and numbers always; what a peer or a message said, which may hold addresses, only as `text`.
enum LogFields {
    static func connection(
        _ id: UInt64,
        duration: Duration,
        tls: TLSSession?,
        peerAddress: String?
    ) -> Logger.Metadata {
        var fields: Logger.Metadata = [
            "smtp.connection": "\(id)", "smtp.duration_ms": "\(duration.wholeMilliseconds)",
        ]
        if let peerAddress { fields["smtp.peer_address"] = "\(peerAddress)" }
        if let tls {
            fields["smtp.tls_version"] = "\(tls.version)"
            fields["smtp.tls_cipher"] = "\(tls.cipher)"
            fields["smtp.tls_verified"] = "\(tls.isVerified)"
            fields["smtp.tls_resumed"] = "\(tls.isResumed)"
        }
        return fields
    }

    /// - Parameter text: Whether the words of the error and of the server are shown.
    static func error(_ error: SMTPError, text: Bool) -> Logger.Metadata {
        var fields: Logger.Metadata = [
            "smtp.code": "\(error.code)",
            "smtp.stage": "\(error.stage.rawValue)",
        ]
        if let reply = error.reply { fields.merge(self.reply(reply)) { $1 } }
        if text { fields["smtp.text"] = "\(error)" }
        return fields
    }

    /// - Parameter text: Whether the words of the error and of the server, and the recipients, are shown.
    static func failedSend(_ error: SMTPError, text: Bool) -> Logger.Metadata {
        let counts = RecipientCounts(error.recipients)
        return self.error(error, text: text)
            .adding(["smtp.acceptance": "\(Outcome(error.acceptance).rawValue)"])
            .adding(self.counts(counts))
            .adding(self.refused(error.recipients, text: text))
    }

    /// - Parameter text: Whether the words of the server, the Message-ID and refused recipients are shown.
    static func receipt(_ receipt: SendReceipt, _ counts: RecipientCounts, text: Bool) -> Logger.Metadata {
        var fields: Logger.Metadata = [
            "smtp.stage": "\(Stage.finalReply.rawValue)",
            "smtp.acceptance": "\(Outcome(counts).rawValue)",
            "smtp.bytes": "\(receipt.octets)",
            "smtp.duration_ms": "\(receipt.timings.total.wholeMilliseconds)",
        ]
        fields.merge(self.reply(receipt.finalReply)) { $1 }
        fields.merge(self.counts(counts)) { $1 }
        if let identifier = receipt.queueIdentifier, text || self.isPlain(identifier) {
            fields["smtp.queue_id"] = "\(PrintableText.escape(identifier))"
        }
        if text {
            fields["smtp.text"] = "\(receipt.finalReply)"
            if let messageID = receipt.messageID {
                fields["smtp.message_id"] = "\(PrintableText.escape(messageID))"
            }
        }
        return fields.adding(self.refused(receipt.recipients, text: text))
    }

    private static func reply(_ reply: Reply) -> Logger.Metadata {
        var fields: Logger.Metadata = ["smtp.reply_code": "\(reply.code.value)"]
        if let status = reply.enhancedStatus { fields["smtp.enhanced_status"] = "\(status)" }
        return fields
    }

    private static func counts(_ counts: RecipientCounts) -> Logger.Metadata {
        [
            "smtp.recipients": "\(counts.total)",
            "smtp.recipients_accepted": "\(counts.accepted)",
            "smtp.recipients_refused": "\(counts.refused)",
        ]
    }

    private static func refused(_ outcomes: [RecipientOutcome], text: Bool) -> Logger.Metadata {
        guard text else { return [:] }
        let refused = outcomes.filter { $0.disposition != .accepted }
        return refused.isEmpty ? [:] : ["smtp.refused": .array(refused.map { "\($0)" })]
    }

    /// Whether an identifier can be neither an address nor a phrase: 64 letters, digits, dots, dashes and
    /// underscores at most, with a digit among them.
    private static func isPlain(_ identifier: String) -> Bool {
        let octets = identifier.utf8
        return octets.count <= 64 && octets.contains { (0x30...0x39).contains($0) }
            && octets.allSatisfy {
                switch $0 {
                case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "."), UInt8(ascii: "-"),
                    UInt8(ascii: "_"):
                    true
                default: false
                }
            }
    }
}

extension Logger.Metadata {
    /// These fields and others, which win where both have one.
    func adding(_ others: Logger.Metadata) -> Logger.Metadata { self.merging(others) { $1 } }
}
