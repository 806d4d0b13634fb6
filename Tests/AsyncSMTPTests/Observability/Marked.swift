import SMTPCore
import Testing

@testable import AsyncSMTP
@testable import NIOOpenSSL

/// Receipts and errors in which every text that came from a peer or a message holds the word "marker".
enum Marked {
    static let word = "marker"

    static func reply(_ code: Int, _ status: String, _ text: String) throws -> Reply {
        Reply(code: try #require(ReplyCode(code)), text: Array("\(status) \(text)".utf8))
    }

    static func outcomes(_ dispositions: [RecipientOutcome.Disposition]) throws -> [RecipientOutcome] {
        try dispositions.enumerated().map { index, disposition in
            let reply: Reply? =
                switch disposition {
                case .accepted: try self.reply(250, "2.0.0", "marker-accepted")
                case .refusedTemporarily: try self.reply(450, "4.2.2", "<marker\(index)@server.example> full")
                case .refusedPermanently: try self.reply(550, "5.1.1", "<marker\(index)@server.example> who")
                case .notAccepted, .unknown: nil
                }
            return RecipientOutcome(
                recipient: try ForwardPath("marker\(index)@server.example"),
                disposition: disposition,
                reply: reply,
                stage: disposition == .accepted ? .finalReply : .rcpt
            )
        }
    }

    /// - Parameter queued: What the server says behind "queued as".
    static func receipt(
        _ dispositions: [RecipientOutcome.Disposition] = [.accepted],
        queued: String = "marker@server.example"
    ) throws -> SendReceipt {
        SendReceipt(
            recipients: try self.outcomes(dispositions),
            finalReply: try self.reply(250, "2.6.0", "marker queued as \(queued)"),
            messageID: "marker-id@client.example",
            negotiation: SendReceipt.Negotiation(
                flavour: .smtp,
                serverName: "marker.server.example",
                tls: self.tls,
                pipelining: .transaction,
                usedChunking: false,
                mailParameters: []
            ),
            timings: SendReceipt.Timings(
                envelope: .milliseconds(10),
                content: .milliseconds(20),
                finalReply: .milliseconds(30)
            ),
            octets: 4321,
            transactions: 1
        )
    }

    static func error(
        _ code: SMTPError.Code = .dataRefused,
        stage: Stage = .finalReply,
        reply: Int? = 554,
        recipients: [RecipientOutcome.Disposition] = [],
        acceptance: Acceptance? = nil
    ) throws -> SMTPError {
        SMTPError(
            code,
            "marker message about marker@server.example",
            stage: stage,
            reply: try reply.map { try self.reply($0, "\($0 / 100).7.1", "marker <marker@server.example>") },
            underlying: SMTPError(.invalidArgument, "marker underlying", stage: .preparation),
            recipients: try self.outcomes(recipients),
            sender: try ReversePath("marker@client.example"),
            acceptance: acceptance
        )
    }

    static var tls: TLSSession {
        TLSSession(
            version: .tls13,
            cipher: "TLS_AES_256_GCM_SHA384",
            peerCertificates: [],
            verifiedName: "marker.server.example",
            isVerified: true,
            isResumed: false,
            exporterBinding: Array("marker".utf8),
            serverEndPointBinding: nil
        )
    }

    static func server(_ host: String = "relay.example.org") throws -> SMTPServer {
        try SMTPServer(host: host)
    }
}
