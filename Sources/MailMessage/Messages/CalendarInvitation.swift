/// An iCalendar object that readers show with buttons to accept or decline (RFC 6047).
public struct CalendarInvitation: Sendable {
    /// What is done with the event, such as `REQUEST`, `CANCEL` or `REPLY`; the same as in the text's METHOD.
    public var method: String
    /// The iCalendar object (RFC 5545).
    public var text: String
    /// Name of the attachment that has it once more; nil attaches none.
    ///
    /// Some readers know invitations as a version of the text only, some as a file only.
    public var fileName: String?

    /// Makes an invitation.
    public init(method: String, text: String, fileName: String? = "invite.ics") {
        self.method = method
        self.text = text
        self.fileName = fileName
    }
}
