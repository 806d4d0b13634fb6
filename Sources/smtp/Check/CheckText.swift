internal import AsyncSMTP

/// What was found out about a server, for people: titles, and beside each its lines.
struct CheckText {
    private static let titleWidth = 15

    private let check: ServerCheck

    init(_ check: ServerCheck) {
        self.check = check
    }

    /// Prints what there is; nothing where no greeting was read.
    func print() {
        guard let server = self.check.server, let greeting = self.check.greeting else { return }
        self.print("server", [server.description])
        self.print("greeting", greeting.lines.map { "\(greeting.code) \(PrintableText.escape($0))" })
        guard let speaksESMTP = self.check.speaksESMTP else {
            // What was never begun would be told as missing.
            if self.check.tls != nil { self.print("tls", self.tls) }
            return
        }
        self.print("extensions", speaksESMTP ? self.extensions : ["none: the server knows only HELO"])
        self.print("tls", self.tls)
        self.print("certificate", self.certificate)
        self.print("login by", self.mechanisms)
        self.print("pipelining", [self.check.pipelining?.description ?? ""])
        self.print("content by", [self.check.sendsInChunks ? "BDAT" : "DATA"])
        self.print("authenticated", [self.check.isAuthenticated ? self.good("yes") : "no"])
    }

    private func print(_ title: String, _ lines: [String]) {
        for (index, line) in lines.enumerated() {
            let title = index == 0 ? title : ""
            let space = String(repeating: " ", count: max(1, Self.titleWidth - title.count))
            Console.print(Console.coloured(title, .blue, on: .output) + space + line)
        }
    }

    private func good(_ text: String) -> String { Console.coloured(text, .green, on: .output) }

    private func bad(_ text: String) -> String { Console.coloured(text, .red, on: .output) }

    private var extensions: [String] {
        let extensions = self.check.extensions
        guard !extensions.keywords.isEmpty else { return ["none"] }
        return extensions.keywords.map { keyword in
            let words = [keyword.description] + (extensions.parameters(of: keyword) ?? [])
            return PrintableText.escape(words.joined(separator: " "))
        }
    }

    private var tls: [String] {
        guard let tls = self.check.tls else { return [self.bad("none: what is said can be read on the way")] }
        let verified =
            tls.isVerified
            ? self.good(tls.verifiedName.map { "verified for \($0)" } ?? "verified by its key")
            : self.bad("not verified")
        return ["\(tls.version), \(tls.cipher), \(verified)"]
    }

    private var certificate: [String] {
        guard let certificate = self.check.tls?.peerCertificates.first else { return [] }
        return [
            "subject      \(certificate.subject)",
            "names        \(certificate.names.joined(separator: ", "))",
            "issuer       \(certificate.issuer)",
            "valid        \(certificate.notBefore) to \(certificate.notAfter)",
            "fingerprint  \(certificate.fingerprint)",
            "pin          \(certificate.publicKeyPin)",
        ]
    }

    /// The mechanism that is used, then why others are not; those that are not offered share a line.
    private var mechanisms: [String] {
        let verdicts = self.check.mechanisms
        let (choice, rest) = (verdicts.first { $0.isUsable }, verdicts.filter { $0.reason != .notOffered })
        var lines = [choice.map { self.good($0.mechanism) } ?? "no mechanism"]
        for verdict in rest where verdict != choice {
            let why = verdict.isUsable ? "can be used, but another is preferred" : verdict.explanation
            lines.append("\(PrintableText.escape(verdict.mechanism)): \(why)")
        }
        let absent = verdicts.filter { $0.reason == .notOffered }.map { PrintableText.escape($0.mechanism) }
        if !absent.isEmpty { lines.append("not offered: \(absent.joined(separator: ", "))") }
        return lines
    }
}
