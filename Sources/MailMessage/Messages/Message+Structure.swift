extension Message {
    /// The parts as a tree: alternatives of the text with what the HTML shows, then the attachments
    /// (RFC 2046 sections 5.1.3 and 5.1.4, RFC 2387).
    ///
    /// - Throws: ``MessageError`` for an invitation whose method is no token.
    func structure() throws(MessageError) -> BodyPart {
        var attachments = self.attachments
        var core: BodyPart?
        if let body {
            core = body
        } else {
            var alternatives = [self.text].compactMap(\.self)
            if let html {
                alternatives.append(
                    self.inlineParts.isEmpty
                        ? html : .multipart(.related(to: html.mediaType), [html] + self.inlineParts)
                )
            } else {
                attachments = self.inlineParts + attachments
            }
            if let invitation {
                let type = try MediaType.calendar(method: invitation.method)
                alternatives.append(.text(.text(invitation.text), type: type))
                if let name = invitation.fileName {
                    let file = MessageContent.text(invitation.text)
                    attachments.append(
                        .attachment(file, named: name, type: try MediaType("application", "ics"))
                    )
                }
            }
            core = alternatives.count > 1 ? .multipart(.alternative, alternatives) : alternatives.first
        }
        guard !attachments.isEmpty else { return core ?? .text("") }
        return .multipart(.mixed, [core].compactMap(\.self) + attachments)
    }
}
