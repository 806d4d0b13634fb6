import MailAddress
import NIOCore
import SMTPCore

/// Commands as they go out.
enum Wire {
    /// The octets of a command, as text.
    static func text(_ command: Command, allowsUTF8: Bool = false) throws(CommandError) -> String {
        var buffer = ByteBuffer()
        try CommandEncoder(allowsUTF8: allowsUTF8).encode(command, into: &buffer)
        return buffer.text
    }

    /// MAIL with parameters.
    static func mail(_ sender: String, _ parameters: ESMTPParameter...) throws -> Command {
        .mail(try ReversePath(sender), parameters)
    }

    /// RCPT with parameters.
    static func rcpt(_ recipient: String, _ parameters: ESMTPParameter...) throws -> Command {
        .rcpt(try ForwardPath(recipient), parameters)
    }
}
