public import MailMessage
internal import NIOCore
public import SMTPCore

extension Envelope {
    /// Sender and recipients as the header of a written message tells them, for callers who add parameters, or who
    /// know one of the two themselves.
    ///
    /// The rules are those of a ``RawMessage`` without an envelope. Only the header is read.
    ///
    /// - Parameters:
    ///   - content: Header and body. It must be possible to read them more than once.
    ///   - sender: Sender to take whatever the header says; nil takes the header's.
    ///   - recipients: Recipients to take whatever the header says; empty takes the header's.
    /// - Throws: ``SMTPError`` with ``SMTPError/Code/invalidMessage`` when the header does not tell what is asked of
    ///   it, with ``SMTPError/Code/contentSourceFailed`` when it cannot be read or has more than 1 MiB, and with
    ///   ``SMTPError/Code/invalidArgument`` for content that can be read once.
    public init(
        headerOf content: MessageContent,
        sender: ReversePath? = nil,
        recipients: [Recipient] = []
    ) async throws(SMTPError) {
        guard content.isRereadable else {
            throw SMTPError(
                .invalidArgument,
                "content that can only be read once needs an envelope",
                stage: .preparation
            )
        }
        let header = try await Self.header(of: content)
        self = try Envelope(header: header, sender: sender, recipients: recipients)
    }

    private static func header(of content: MessageContent) async throws(SMTPError) -> HeaderSection {
        do {
            let reader = try ContentReader(content)
            do {
                let octets = try await reader.headerOctets()
                await reader.close()
                return HeaderSection(parsing: octets.readableBytesView)
            } catch {
                await reader.close()
                throw error
            }
        } catch {
            throw SMTPError(reading: error)
        }
    }
}
