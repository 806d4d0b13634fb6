internal import MailAddress
package import NIOCore
internal import TransferEncoding

/// The only place where a command becomes octets.
///
/// Whatever a command was made from, an argument with an octet from 0x00 to 0x1F or with 0x7F never gets out:
/// the encoder throws and the buffer is left as it was. It refuses, it never strips: a stripped address is
/// another one.
package struct CommandEncoder: Sendable {
    /// Octets of a command line with its CRLF, parameters of known extensions not counted (RFC 5321 section
    /// 4.5.3.1.4).
    package static let maximumLength = 512
    /// Octets of an encoded initial response that still fit the command line; above it the response follows
    /// the first challenge instead (RFC 4954 section 4).
    package static func fitsInitialResponse(_ response: [UInt8], mechanism: String) -> Bool {
        let encoded = response.isEmpty ? 1 : (response.count + 2) / 3 * 4
        return "AUTH ".utf8.count + mechanism.utf8.count + 1 + encoded + 2 <= Self.maximumLength
    }

    /// Whether arguments may carry UTF-8: the transaction declared SMTPUTF8.
    package var allowsUTF8: Bool

    package init(allowsUTF8: Bool = false) {
        self.allowsUTF8 = allowsUTF8
    }

    /// Appends one command with its CRLF.
    ///
    /// - Throws: ``CommandError``; nothing was appended then.
    package func encode(_ command: Command, into buffer: inout ByteBuffer) throws(CommandError) {
        let start = buffer.writerIndex
        do {
            try self.append(command, to: &buffer)
        } catch {
            buffer.moveWriterIndex(to: start)
            throw error
        }
    }

    private func append(_ command: Command, to buffer: inout ByteBuffer) throws(CommandError) {
        switch command {
        case .ehlo(let name): try self.line("EHLO", name.description, to: &buffer)
        case .helo(let name): try self.line("HELO", name.description, to: &buffer)
        case .lhlo(let name): try self.line("LHLO", name.description, to: &buffer)
        case .mail(let path, let parameters):
            try self.path("MAIL FROM:<", self.text(of: path.address), parameters, to: &buffer)
        case .rcpt(let path, let parameters):
            let text = path.address.map { self.text(of: $0) } ?? "Postmaster"
            try self.path("RCPT TO:<", text, parameters, to: &buffer)
        case .data: try self.line("DATA", to: &buffer)
        case .bdat(let length, let isLast):
            guard length >= 0 else { throw CommandError(.invalidValue, argument: "BDAT length") }
            buffer.writeStaticString("BDAT ")
            buffer.writeString(String(length))
            buffer.writeStaticString(isLast ? " LAST\r\n" : "\r\n")
        case .reset: try self.line("RSET", to: &buffer)
        case .verify(let text, let smtpUTF8): try self.query("VRFY", text, smtpUTF8, to: &buffer)
        case .expand(let text, let smtpUTF8): try self.query("EXPN", text, smtpUTF8, to: &buffer)
        case .help(let topic): try self.line("HELP", topic ?? "", to: &buffer)
        case .noop(let text): try self.line("NOOP", text ?? "", to: &buffer)
        case .quit: try self.line("QUIT", to: &buffer)
        case .auth(let mechanism, let response):
            try self.auth(mechanism, response, to: &buffer)
        case .other(let verb, let argument):
            try ArgumentRules.check(verb, argument: "command verb", maximumLength: 64) {
                ArgumentRules.isAlphanumeric($0) || $0 == UInt8(ascii: "-")
            }
            try self.line(verb.uppercased(), argument ?? "", to: &buffer)
        }
    }

    private func text(of address: EmailAddress?) -> String {
        guard let address else { return "" }
        return self.allowsUTF8 ? address.unicodeForm : address.wireForm
    }

    private func line(
        _ verb: String,
        _ argument: String = "",
        to buffer: inout ByteBuffer
    ) throws(CommandError) {
        let start = buffer.writerIndex
        var copy = PlainCopy()
        buffer.writeWithOutputRawSpan(
            minimumWritableBytes: verb.utf8.count + argument.utf8.count + 3
        ) { output in
            copy.append(verb, to: &output)
            if !argument.isEmpty {
                output.append(UInt8(ascii: " "))
                copy.append(argument, to: &output)
            }
            output.append(UInt8(ascii: "\r"))
            output.append(UInt8(ascii: "\n"))
        }
        if !copy.isPlain { try self.check(argument, argument: "argument of \(verb)") }
        guard buffer.writerIndex - start <= Self.maximumLength else {
            throw CommandError(.tooLong(limit: Self.maximumLength), argument: "argument of \(verb)")
        }
    }

    private func path(
        _ verb: String,
        _ path: String,
        _ parameters: [ESMTPParameter],
        to buffer: inout ByteBuffer
    ) throws(CommandError) {
        // All in one write, and checked on the way: every call of a buffer has its price.
        let start = buffer.writerIndex
        let capacity = parameters.reduce(verb.utf8.count + path.utf8.count + 3) {
            $0 + $1.keyword.utf8.count + ($1.value?.utf8.count ?? 0) + 2
        }
        var copy = PlainCopy()
        buffer.writeWithOutputRawSpan(minimumWritableBytes: capacity) { output in
            copy.append(verb, to: &output)
            copy.append(path, to: &output)
            output.append(UInt8(ascii: ">"))
            for parameter in parameters {
                output.append(UInt8(ascii: " "))
                copy.append(parameter.keyword, to: &output)
                guard let value = parameter.value else { continue }
                output.append(UInt8(ascii: "="))
                copy.append(value, to: &output)
            }
            output.append(UInt8(ascii: "\r"))
            output.append(UInt8(ascii: "\n"))
        }
        let argument = verb == "MAIL FROM:<" ? "MAIL FROM path" : "RCPT TO path"
        if !copy.isPlain {
            try self.check(path, argument: argument)
            for parameter in parameters {
                try self.check(parameter.description, argument: "parameter \(parameter.keyword)")
            }
        }
        let length = buffer.writerIndex - start
        guard
            length <= Self.maximumLength
                || length - parameters.reduce(0, { $0 + $1.allowance }) <= Self.maximumLength
        else {
            throw CommandError(.tooLong(limit: Self.maximumLength), argument: argument)
        }
    }

    /// The check of an argument that is not plain ASCII.
    private func check(_ text: String, argument: String) throws(CommandError) {
        try ArgumentRules.check(text, argument: argument, allowsUTF8: self.allowsUTF8)
    }

    private func query(
        _ verb: String,
        _ text: String,
        _ smtpUTF8: Bool,
        to buffer: inout ByteBuffer
    ) throws(CommandError) {
        guard !text.isEmpty else { throw CommandError(.empty, argument: "argument of \(verb)") }
        let encoder = CommandEncoder(allowsUTF8: smtpUTF8)
        try encoder.line(verb, smtpUTF8 ? text + " SMTPUTF8" : text, to: &buffer)
    }

    private func auth(
        _ mechanism: String,
        _ response: [UInt8]?,
        to buffer: inout ByteBuffer
    ) throws(CommandError) {
        try ArgumentRules.check(mechanism, argument: "SASL mechanism name", maximumLength: 20) {
            ArgumentRules.isAlphanumeric($0) || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "_")
        }
        buffer.writeStaticString("AUTH ")
        buffer.writeString(mechanism.uppercased())
        if let response {
            guard Self.fitsInitialResponse(response, mechanism: mechanism) else {
                throw CommandError(.tooLong(limit: Self.maximumLength), argument: "initial response of AUTH")
            }
            buffer.writeStaticString(" ")
            if response.isEmpty {
                buffer.writeStaticString("=")
            } else {
                buffer.writeString(Base64.encode(response))
            }
        }
        buffer.writeStaticString("\r\n")
    }

    /// Appends a SASL response line; the empty response is an empty line (RFC 4954 section 4).
    package func encodeResponse(_ response: [UInt8], into buffer: inout ByteBuffer) {
        buffer.writeString(Base64.encode(response))
        buffer.writeStaticString("\r\n")
    }
}
