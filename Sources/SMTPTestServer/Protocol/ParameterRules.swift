/// What the server demands of the parameters of MAIL and RCPT.
struct ParameterRules {
    /// The command that the parameters belong to.
    enum Command {
        case mail
        case recipient
    }

    /// The extensions in force: none before an accepted EHLO.
    let offered: OfferedExtensions?
    let maximumMessageSize: Int

    /// The refusal of the first bad parameter; nil when all are good.
    func refusal(of parameters: SMTPTestServer.Parameters, of command: Command) -> Reply? {
        var seen: Set<String> = []
        for parameter in parameters {
            let keyword = parameter.keyword.uppercased()
            guard Self.isParameter(parameter), seen.insert(keyword).inserted else {
                return Reply(501, "5.5.4", "Syntax error in parameter \(parameter)")
            }
            guard self.isOffered(keyword, value: parameter.value, command: command) else {
                return Reply(555, "5.5.4", "Unsupported parameter \(parameter)")
            }
            if let reply = self.refusal(keyword, value: parameter.value) {
                return reply
            }
        }
        return nil
    }

    /// The value of a parameter that some extension defines, checked.
    private func refusal(_ keyword: String, value: String?) -> Reply? {
        let isGood =
            switch keyword {
            case "SIZE":
                value.map { !$0.isEmpty && $0.utf8.allSatisfy(\.isASCIIDigit) && $0.count <= 20 } ?? false
            case "BODY": value != nil
            case "SMTPUTF8", "REQUIRETLS": value == nil
            case "RET": ["FULL", "HDRS"].contains(value?.uppercased())
            case "ENVID": value.map { Self.isXtext($0) && $0.utf8.count <= 100 } ?? false
            case "NOTIFY": value.map(Self.isNotifyList) ?? false
            case "ORCPT": value.map(Self.isOriginalRecipient) ?? false
            default: true
            }
        if !isGood {
            return Reply(501, "5.5.4", "Bad value of parameter \(keyword)")
        }
        if keyword == "SIZE", let value, Int(value).map({ $0 > self.maximumMessageSize }) ?? true {
            return Reply(552, "5.3.4", "Message size exceeds the limit of \(self.maximumMessageSize)")
        }
        return nil
    }

    private func isOffered(_ keyword: String, value: String?, command: Command) -> Bool {
        guard let offered else { return false }
        switch (keyword, command) {
        case ("BODY", .mail):
            let body = value?.uppercased()
            return body == "BINARYMIME"
                ? offered.contains("BINARYMIME")
                : offered.contains("8BITMIME") && ["7BIT", "8BITMIME"].contains(body)
        case ("RET", .mail), ("ENVID", .mail), ("NOTIFY", .recipient), ("ORCPT", .recipient):
            return offered.contains("DSN")
        case ("HOLDFOR", .mail), ("HOLDUNTIL", .mail):
            return offered.contains("FUTURERELEASE")
        case ("BY", .mail):
            return offered.contains("DELIVERBY")
        case ("RRVS", .recipient), ("SIZE", .mail), ("SMTPUTF8", .mail), ("AUTH", .mail),
            ("REQUIRETLS", .mail),
            ("MT-PRIORITY", .mail):
            return offered.contains(keyword)
        case ("SIZE", _), ("SMTPUTF8", _), ("AUTH", _), ("REQUIRETLS", _), ("MT-PRIORITY", _), ("RRVS", _):
            return false
        default:
            // A private extension is taken to define the parameter of its own name.
            return offered.contains(keyword)
        }
    }

    /// RFC 5321 section 4.1.2: esmtp-param, with the octets that RFC 6531 adds.
    private static func isParameter(_ parameter: SMTPTestServer.Parameter) -> Bool {
        let keyword = parameter.keyword.utf8
        guard let first = keyword.first, first.isASCIILetter || first.isASCIIDigit else { return false }
        guard keyword.allSatisfy({ $0.isASCIILetter || $0.isASCIIDigit || $0 == UInt8(ascii: "-") }) else {
            return false
        }
        guard let value = parameter.value else { return true }
        return !value.isEmpty && value.utf8.allSatisfy { $0 > 0x20 && $0 != UInt8(ascii: "=") && $0 != 0x7F }
    }

    /// RFC 3461 section 4: printable octets, with `+` and two upper-case hexadecimal digits for the others.
    private static func isXtext(_ text: String) -> Bool {
        var octets = Array(text.utf8)[...]
        while let octet = octets.popFirst() {
            if octet == UInt8(ascii: "+") {
                guard octets.count >= 2, octets.prefix(2).allSatisfy("0123456789ABCDEF".utf8.contains) else {
                    return false
                }
                octets = octets.dropFirst(2)
            } else if !(0x21...0x7E).contains(octet) || octet == UInt8(ascii: "=") {
                return false
            }
        }
        return !text.isEmpty
    }

    private static func isNotifyList(_ text: String) -> Bool {
        let words = text.uppercased().split(separator: ",", omittingEmptySubsequences: false)
        return words == ["NEVER"] || words.allSatisfy { ["SUCCESS", "FAILURE", "DELAY"].contains($0) }
    }

    /// `addr-type;xtext`; a UTF-8 address (RFC 6533 section 3) is held to the octets of a parameter only.
    private static func isOriginalRecipient(_ text: String) -> Bool {
        let parts = text.split(separator: ";", maxSplits: 1)
        guard parts.count == 2 else { return false }
        return parts[0].lowercased() == "utf-8" || self.isXtext(String(parts[1]))
    }
}
