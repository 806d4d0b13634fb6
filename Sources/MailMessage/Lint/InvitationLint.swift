/// The check of an invitation: its method is the METHOD of its text (RFC 6047 §2.4).
struct InvitationLint {
    let invitation: CalendarInvitation

    /// Adds what it finds.
    func add(to findings: inout FindingList) {
        let method = Self.method(in: self.invitation.text)
        guard method?.lowercased() != self.invitation.method.lowercased() else { return }
        findings.add(
            .invitationMethodDiffers,
            .error,
            detail: "\(self.invitation.method), but \(method ?? "none") in the text"
        )
    }

    /// The first METHOD of an iCalendar object that has a value, its lines unfolded (RFC 5545 §3.1).
    private static func method(in text: String) -> String? {
        var line: [UInt8] = []
        let pieces = text.utf8.split { $0 == HeaderOctet.carriageReturn || $0 == HeaderOctet.lineFeed }
        for piece in pieces {
            if let first = piece.first, HeaderOctet.isBlank(first) {
                line += piece.dropFirst()
                continue
            }
            if let method = Self.method(ofLine: line) { return method }
            line = Array(piece)
        }
        return Self.method(ofLine: line)
    }

    private static func method(ofLine line: [UInt8]) -> String? {
        let name = line.prefix { $0 != HeaderOctet.colon && $0 != HeaderOctet.semicolon }
        guard name.count == 6, String(decoding: name, as: UTF8.self).lowercased() == "method" else {
            return nil
        }
        var isQuoted = false
        let value = line[name.endIndex...].drop { octet in
            // A colon within quotes belongs to a parameter.
            if octet == HeaderOctet.quote { isQuoted.toggle() }
            return isQuoted || octet != HeaderOctet.colon
        }
        var text = value.dropFirst().drop(while: HeaderOctet.isBlank)
        while let last = text.last, HeaderOctet.isBlank(last) { text.removeLast() }
        return text.isEmpty ? nil : String(decoding: text, as: UTF8.self)
    }
}
