import Foundation
import MailAddress

@testable import MailMessage

/// Makes random messages together with what they must be read as.
struct RandomMessage {
    /// Where all choices come from.
    var dice: MessageDice

    init(seed: UInt64) {
        self.dice = MessageDice(seed: seed)
    }

    // MARK: Texts and addresses

    /// A line of text for a field.
    mutating func line() -> String {
        switch Int.random(in: 0..<12, using: &self.dice) {
        case 0: return ""
        case 1: return " " + self.dice.one(of: MessageWords.hostile, or: "") + "  "
        case 2: return String(repeating: self.dice.one(of: MessageWords.words, or: "") + " ", count: 40)
        case 3: return String(repeating: "unbroken", count: Int.random(in: 1...300, using: &self.dice))
        default:
            let count = Int.random(in: 1...8, using: &self.dice)
            let words = (0..<count).map { _ in
                let source = self.dice.oneIn(4) ? MessageWords.hostile : MessageWords.words
                return self.dice.one(of: source, or: "")
            }
            return words.joined(separator: self.dice.oneIn(8) ? "  " : " ")
        }
    }

    /// A line of text that is not empty.
    mutating func name() -> String {
        let name = self.line()
        return name.isEmpty ? "Name" : name
    }

    private mutating func mailbox(inUTF8: Bool) throws -> (Mailbox, [String]) {
        let source = inUTF8 && self.dice.oneIn(2) ? MessageWords.addressesInUTF8 : MessageWords.addresses
        let address = self.dice.one(of: source, or: ("a@b.example", "a@b.example"))
        let name = self.dice.oneIn(3) ? nil : self.name()
        let mailbox = try Mailbox(displayName: name, address: try EmailAddress(address.given))
        return (mailbox, [name ?? "", address.written])
    }

    private mutating func mailboxes(_ counts: ClosedRange<Int>, inUTF8: Bool) throws -> (
        [Mailbox], [ExpectedEntry]
    ) {
        var (mailboxes, entries): ([Mailbox], [ExpectedEntry]) = ([], [])
        for _ in 0..<Int.random(in: counts, using: &self.dice) {
            let (mailbox, expected) = try self.mailbox(inUTF8: inUTF8)
            mailboxes.append(mailbox)
            entries.append(ExpectedEntry(mailboxes: [expected]))
        }
        return (mailboxes, entries)
    }

    private mutating func entries(_ counts: ClosedRange<Int>, inUTF8: Bool) throws -> (
        [AddressListEntry], [ExpectedEntry]
    ) {
        var (list, entries): ([AddressListEntry], [ExpectedEntry]) = ([], [])
        for _ in 0..<Int.random(in: counts, using: &self.dice) {
            if self.dice.oneIn(5) {
                let (members, expected) = try self.mailboxes(0...3, inUTF8: inUTF8)
                let name = self.name()
                list.append(.group(try AddressGroup(name: name, members: members)))
                entries.append(ExpectedEntry(group: name, mailboxes: expected.flatMap(\.mailboxes)))
            } else {
                let (mailbox, expected) = try self.mailbox(inUTF8: inUTF8)
                list.append(.mailbox(mailbox))
                entries.append(ExpectedEntry(mailboxes: [expected]))
            }
        }
        return (list, entries)
    }

    private mutating func identifier() throws -> MessageIdentifier {
        try MessageIdentifier("\(self.number()).\(self.number())@example.org")
    }

    private mutating func number() -> UInt64 { self.dice.next() % 1_000_000 }

    private mutating func date() throws -> (MailDate, seconds: Int64, zone: Int) {
        let seconds = Int64.random(in: -1_000_000_000...9_000_000_000, using: &self.dice)
        let zone = self.dice.one(of: [0, 60, -330, 345, -720, 840], or: 0)
        return (try MailDate(secondsSince1970: seconds, zoneOffsetMinutes: zone), seconds, zone)
    }

    // MARK: Messages

    /// A message; `depth` counts the parts around it.
    mutating func message(depth: Int = 0) throws -> (Message, ExpectedPart) {
        let inUTF8 = self.dice.oneIn(8)
        let (from, expectedFrom) = try self.mailboxes(1...3, inUTF8: inUTF8)
        let (to, expectedTo) = try self.entries(0...5, inUTF8: inUTF8)
        var message = Message(from: from, to: to, subject: self.line(), using: &self.dice)
        message.bcc = try self.entries(0...2, inUTF8: inUTF8).0
        let (date, seconds, zone) = try self.date()
        message.date = date
        message.messageID = try self.identifier()
        var fields = try self.resentFields(of: &message, inUTF8: inUTF8)
        fields += [.date("Date", seconds, zone: zone), .addresses("From", expectedFrom)]
        if from.count > 1 || self.dice.oneIn(6) {
            let (sender, expected) = try self.mailbox(inUTF8: inUTF8)
            message.sender = sender
            fields.append(.addresses("Sender", [ExpectedEntry(mailboxes: [expected])]))
        }
        let (replyTo, expectedReplyTo) = try self.entries(0...2, inUTF8: inUTF8)
        message.replyTo = replyTo
        if !replyTo.isEmpty { fields.append(.addresses("Reply-To", expectedReplyTo)) }
        let (cc, expectedCc) = try self.entries(0...2, inUTF8: inUTF8)
        message.cc = cc
        if !to.isEmpty { fields.append(.addresses("To", expectedTo)) }
        if !cc.isEmpty { fields.append(.addresses("Cc", expectedCc)) }
        if to.isEmpty, cc.isEmpty {
            fields.append(.addresses("To", [ExpectedEntry(group: "undisclosed-recipients", mailboxes: [])]))
        }
        fields.append(.list("Message-ID", [message.messageID.description]))
        fields += try self.markFields(of: &message, inUTF8: inUTF8)
        fields.append(.text("MIME-Version", "1.0"))
        var part = try self.structure(of: &message, depth: depth)
        part.fields = fields + part.fields
        return (message, part)
    }

    private mutating func resentFields(of message: inout Message, inUTF8: Bool) throws -> [ExpectedField] {
        var fields: [ExpectedField] = []
        for _ in 0..<(self.dice.oneIn(6) ? Int.random(in: 1...2, using: &self.dice) : 0) {
            let (from, expectedFrom) = try self.mailbox(inUTF8: inUTF8)
            let (to, expectedTo) = try self.mailboxes(1...2, inUTF8: inUTF8)
            let (bcc, _) = try self.mailboxes(0...2, inUTF8: inUTF8)
            let (date, seconds, zone) = try self.date()
            var block = ResentBlock(from: from, to: to, bcc: bcc, date: date)
            block.messageID = try self.identifier()
            message = message.resent(block)
            let expected: [ExpectedField] = [
                .date("Resent-Date", seconds, zone: zone),
                .addresses("Resent-From", [ExpectedEntry(mailboxes: [expectedFrom])]),
                .addresses("Resent-To", expectedTo),
                .list("Resent-Message-ID", [block.messageID?.description ?? ""]),
            ]
            fields = expected + fields
        }
        return fields
    }

    private mutating func markFields(of message: inout Message, inUTF8: Bool) throws -> [ExpectedField] {
        var fields: [ExpectedField] = []
        if self.dice.oneIn(4) {
            message.inReplyTo = [try self.identifier()]
            fields.append(.list("In-Reply-To", message.inReplyTo.map(\.description)))
        }
        if self.dice.oneIn(4) {
            for _ in 0..<Int.random(in: 1...30, using: &self.dice) {
                message.references.append(try self.identifier())
            }
            fields.append(.list("References", message.references.map(\.description)))
        }
        fields.append(.text("Subject", message.subject))
        if self.dice.oneIn(4) {
            let (priority, texts): (Message.Priority, [String]) = self.dice.one(
                of: [
                    (.high, ["high", "urgent", "1"]), (.normal, ["normal", "normal", "3"]),
                    (.low, ["low", "non-urgent", "5"]),
                ],
                or: (.normal, ["normal", "normal", "3"])
            )
            message.priority = priority
            fields += zip(["Importance", "Priority", "X-Priority"], texts).map { .text($0, $1) }
        }
        if self.dice.oneIn(5) {
            message.autoSubmitted = .autoReplied
            fields.append(.text("Auto-Submitted", "auto-replied"))
        }
        if self.dice.oneIn(5) {
            let (mailboxes, expected) = try self.mailboxes(1...2, inUTF8: inUTF8)
            message.readReceiptTo = mailboxes
            fields.append(.addresses("Disposition-Notification-To", expected))
        }
        if self.dice.oneIn(5) {
            let name = self.dice.oneIn(3) ? nil : self.name()
            message.listID = ListIdentifier("news.example.org", name: name)
            fields.append(
                ExpectedField(
                    name: "List-Id",
                    kind: "identifier",
                    text: name ?? "",
                    list: ["<news.example.org>"]
                )
            )
        }
        if self.dice.oneIn(5) {
            let uri = "https://example.org/u?t=\(self.number())"
            message.listUnsubscribe = try ListUnsubscribe(oneClick: uri, mailto: "mailto:leave@example.org")
            fields.append(.list("List-Unsubscribe", ["<\(uri)>", "<mailto:leave@example.org>"]))
            fields.append(.text("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"))
        }
        if self.dice.oneIn(6) {
            message.allowsRelayWithoutTLS = true
            fields.append(.text("TLS-Required", "No"))
        }
        for _ in 0..<Int.random(in: 0...2, using: &self.dice) {
            let text = self.line()
            message = try message.field("X-Campaign", text)
            fields.append(.text("X-Campaign", text))
        }
        return fields
    }
}
