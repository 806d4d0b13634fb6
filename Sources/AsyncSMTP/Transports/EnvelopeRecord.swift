internal import Foundation
internal import SMTPCore

/// What ``FileTransport`` writes beside a message; `Docs/Transports.md` has the keys.
struct EnvelopeRecord: Encodable {
    /// A recipient.
    struct Addressee: Encodable {
        let address: String
        let parameters: [String]
    }

    let sender: String
    let parameters: [String]
    let recipients: [Addressee]
    let messageID: String?
    let octets: UInt64
    let time: Date

    init(_ delivery: LocalDelivery, octets: UInt64) {
        self.sender = delivery.message.envelope.sender.address?.wireForm ?? ""
        self.parameters = delivery.parameters.map(\.description)
        self.recipients = delivery.recipients.map {
            Addressee(
                address: $0.path.address?.wireForm ?? "Postmaster",
                parameters: $0.parameters.map(\.description)
            )
        }
        self.messageID = delivery.message.messageID
        self.octets = octets
        self.time = Date()
    }

    /// The record as JSON.
    ///
    /// - Throws: ``SMTPError`` with ``SMTPError/Code/transportFailed``.
    func encoded() throws(SMTPError) -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.dateEncodingStrategy = .iso8601
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        do { return Array(try encoder.encode(self)) + [0x0A] } catch { throw SMTPError(storing: error) }
    }
}
