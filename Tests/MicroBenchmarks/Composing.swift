internal import AsyncSMTP
internal import DKIM
internal import MailMessage

/// Measures what a composed message costs before it is sent.
enum Composing {
    private static let text = String(
        repeating: "Der Prüfling überholt die größere Fähre am Abend.\n",
        count: 20
    )

    /// Measures rendering and signing of small messages.
    static func measure(_ timing: inout Timing) throws {
        let plain = try Message(
            from: "Ann Müller <ann@example.org>",
            to: "Bob <bob@example.net>",
            subject: "Grüße aus Köln",
            text: Self.text
        )
        var rich = plain.attaching(
            .attachment(.bytes([UInt8](repeating: 7, count: 20_000)), named: "figures.bin")
        )
        rich.html = .html("<p>" + Self.text + "</p>")
        let messages = [("1 KiB of text", plain), ("text, HTML and 20 kB attached", rich)]
        try timing.measure("message made, 1 KiB of text") {
            try Message(from: "a@example.org", to: "b@example.net", subject: "x", text: Self.text).subject
                .utf8.count
        }
        for (name, message) in messages {
            try timing.measure("message rendered, \(name)") {
                Int(try message.renderedAtOnce(for: .sevenBit)?.size ?? 0)
            }
        }
        let header = "From: ann@example.org\r\nTo: bob@example.net\r\nSubject: x\r\n\r\n"
        let line = "a line of text as it stands in a message\r\n"
        let octets = Array((header + String(repeating: line, count: 24)).utf8)
        for algorithm in DKIMAlgorithm.allCases {
            let key = try DKIMKey.generate(algorithm)
            let signers = [try DKIMSigner(domain: "example.org", selector: "s", key: key)]
            try timing.measure("message signed, 1 KiB, \(algorithm)") {
                try DKIMSigner.sign(octets, with: signers, secondsSince1970: 1_800_000_000).count
            }
        }
    }
}
