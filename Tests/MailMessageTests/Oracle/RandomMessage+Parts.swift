import Foundation
import MailAddress

@testable import MailMessage

extension RandomMessage {
    /// Depth of multiparts and messages.
    private static let deepest = 5

    // MARK: What a message holds

    /// Gives the message its parts.
    mutating func structure(of message: inout Message, depth: Int) throws -> ExpectedPart {
        if self.dice.oneIn(3) {
            let (body, expected) = try self.part(depth: depth)
            message.body = body
            return try self.attach(to: &message, core: expected, behind: [], depth: depth)
        }
        var alternatives: [ExpectedPart] = []
        var files: [ExpectedPart] = []
        if !self.dice.oneIn(4) {
            let (part, expected) = try self.textLeaf(kind: self.dice.oneIn(4) ? .flowed : .plain)
            message.text = part
            alternatives.append(expected)
        }
        let (inlineParts, expectedInlineParts) = try self.inlineLeaves()
        message.inlineParts = inlineParts
        if self.dice.oneIn(2) {
            let (part, expected) = try self.textLeaf(kind: .html)
            message.html = part
            alternatives.append(
                inlineParts.isEmpty
                    ? expected
                    : Self.multipart("related", [expected] + expectedInlineParts, [["type", "text/html"]])
            )
        } else {
            files = expectedInlineParts
        }
        if self.dice.oneIn(6) {
            let text = self.dice.one(of: MessageWords.bodies, or: "")
            message.invitation = CalendarInvitation(method: "REQUEST", text: text)
            alternatives.append(
                Self.leaf(
                    "text/calendar",
                    [["charset", "utf-8"], ["method", "REQUEST"]],
                    Self.canonical(text),
                    isText: true
                )
            )
            var file = Self.leaf("application/ics", [], Array(text.utf8))
            file.fields.append(
                .parameterized("Content-Disposition", "attachment", [["filename", "invite.ics"]])
            )
            let core =
                alternatives.count > 1 ? Self.multipart("alternative", alternatives) : alternatives.first
            return try self.attach(to: &message, core: core, behind: files, before: [file], depth: depth)
        }
        let core = alternatives.count > 1 ? Self.multipart("alternative", alternatives) : alternatives.first
        return try self.attach(to: &message, core: core, behind: files, depth: depth)
    }

    private mutating func attach(
        to message: inout Message,
        core: ExpectedPart?,
        behind files: [ExpectedPart],
        before last: [ExpectedPart] = [],
        depth: Int
    ) throws -> ExpectedPart {
        var attachments = files
        for _ in 0..<(self.dice.oneIn(3) ? Int.random(in: 1...3, using: &self.dice) : 0) {
            let (part, expected) =
                try self.dice.oneIn(4) && depth < Self.deepest
                ? self.innerMessage(depth: depth) : self.attachment()
            message = message.attaching(part)
            attachments.append(expected)
        }
        attachments += last
        guard !attachments.isEmpty else {
            return core ?? Self.leaf("text/plain", [["charset", "utf-8"]], [], isText: true)
        }
        return Self.multipart("mixed", [core].compactMap(\.self) + attachments)
    }

    // MARK: Parts

    private mutating func part(depth: Int) throws -> (BodyPart, ExpectedPart) {
        guard depth < Self.deepest, !self.dice.oneIn(3) else {
            return switch Int.random(in: 0..<5, using: &self.dice) {
            case 0: try self.textLeaf(kind: .plain)
            case 1: try self.textLeaf(kind: .html)
            case 2: try self.textLeaf(kind: .flowed)
            case 3: try self.textLeaf(kind: .latin)
            default: try self.attachment()
            }
        }
        if self.dice.oneIn(4) { return try self.innerMessage(depth: depth) }
        var (parts, expected): ([BodyPart], [ExpectedPart]) = ([], [])
        for _ in 0..<Int.random(in: 1...3, using: &self.dice) {
            let (part, wanted) = try self.part(depth: depth + 1)
            parts.append(part)
            expected.append(wanted)
        }
        let subtype = self.dice.one(of: ["mixed", "alternative", "parallel", "x-own"], or: "mixed")
        let text = self.name()
        let type = try MediaType("multipart", subtype, parameters: [Parameter("x-note", text)])
        var part = BodyPart.multipart(type, parts)
        var wanted = Self.multipart(subtype, expected, [["x-note", text]])
        if self.dice.oneIn(3) {
            part.contentDescription = text
            wanted.fields.append(.text("Content-Description", text))
        }
        return (part, wanted)
    }

    private mutating func innerMessage(depth: Int) throws -> (BodyPart, ExpectedPart) {
        guard self.dice.oneIn(3) else {
            let (message, expected) = try self.message(depth: depth + 1)
            let type = self.isInUTF8(message) ? "message/global" : "message/rfc822"
            return (
                .message(message),
                ExpectedPart(
                    fields: [.parameterized("Content-Type", type, [])],
                    message: [expected],
                    isFree: true
                )
            )
        }
        let end = self.dice.one(of: ["\r\n", "\n"], or: "\n")
        let body = self.dice.one(
            of: ["", "body", "body" + end, end + end, "--=_1.x" + end + "--=_2.y--"],
            or: ""
        )
        let octets = Array(("From: a@example.org" + end + "Subject: x" + end + end + body).utf8)
        var expected = Self.leaf("", [], Self.canonical(body), isText: true)
        expected.fields = [
            .addresses("From", [ExpectedEntry(mailboxes: [["", "a@example.org"]])]), .text("Subject", "x"),
        ]
        return (
            .message(.bytes(octets)),
            ExpectedPart(
                fields: [.parameterized("Content-Type", "message/rfc822", [])],
                message: [expected],
                isFree: true
            )
        )
    }

    /// Whether an address of its header has a local part outside ASCII.
    private func isInUTF8(_ message: Message) -> Bool {
        let entries = message.replyTo + message.to + message.cc + message.resent.flatMap { $0.to + $0.cc }
        let named = message.from + message.readReceiptTo + [message.sender].compactMap(\.self)
        let mailboxes = entries.flatMap(\.mailboxes) + named + message.resent.flatMap(\.from)
        return mailboxes.contains { !$0.address.localPart.utf8.allSatisfy { $0 < 0x80 } }
    }

    private enum TextKind {
        case plain, html, flowed, latin
    }

    private mutating func textLeaf(kind: TextKind) throws -> (BodyPart, ExpectedPart) {
        var text = self.dice.one(of: MessageWords.bodies, or: "")
        if self.dice.oneIn(2) {
            text += self.line() + self.dice.one(of: ["", "\n", "\r\n"], or: "") + self.line()
        }
        let charset = ["charset", "utf-8"]
        var (part, expected): (BodyPart, ExpectedPart)
        switch kind {
        case .plain:
            part = .text(text)
            expected = Self.leaf("text/plain", [charset], Self.canonical(text), isText: true)
        case .html:
            part = .html("<p>\(text)</p>")
            expected = Self.leaf("text/html", [charset], Self.canonical("<p>\(text)</p>"), isText: true)
        case .flowed:
            part = .text(text, isFlowed: true)
            expected = Self.leaf("text/plain", [charset, ["format", "flowed"]], [], isText: true)
            expected.content = nil
            expected.paragraphs = Self.paragraphs(text)
        case .latin:
            let octets = (0..<200).map { _ in UInt8.random(in: 0x20...0xFF, using: &self.dice) } + [0x0A]
            let type = try MediaType("text", "plain", parameters: [Parameter("charset", "iso-8859-1")])
            part = .text(.bytes(octets), type: type)
            expected = Self.leaf(
                "text/plain",
                [["charset", "iso-8859-1"]],
                Array(octets.dropLast()) + [0x0D, 0x0A],
                isText: true
            )
        }
        if self.dice.oneIn(5) {
            part.transferEncoding = self.dice.one(of: [.quotedPrintable, .base64], or: .base64)
        }
        return (part, expected)
    }

    private mutating func attachment() throws -> (BodyPart, ExpectedPart) {
        let name = self.dice.one(of: MessageWords.fileNames, or: ("a", "a"))
        let octets = self.binaryOctets()
        let type = self.dice.oneIn(2) ? MediaType.octetStream : .png
        var part = BodyPart.attachment(.bytes(octets), named: name.given, type: type)
        var expected = Self.leaf(type.essence, [], octets)
        var parameters = [["filename", name.kept]]
        if self.dice.oneIn(3) {
            part.disposition?.size = UInt64(octets.count)
            part.disposition?.modificationDate = try MailDate(secondsSince1970: 1_795_712_700)
            parameters += [
                ["modification-date", "Thu, 26 Nov 2026 17:05:00 +0000"], ["size", "\(octets.count)"],
            ]
        }
        expected.fields.append(.parameterized("Content-Disposition", "attachment", parameters))
        if self.dice.oneIn(4) {
            let text = self.name()
            part.contentDescription = text
            expected.fields.append(.text("Content-Description", text))
        }
        if self.dice.oneIn(3) {
            part.transferEncoding = self.dice.one(of: [.quotedPrintable, .base64], or: .base64)
        }
        return (part, expected)
    }

    private mutating func inlineLeaves() throws -> ([BodyPart], [ExpectedPart]) {
        var (parts, expected): ([BodyPart], [ExpectedPart]) = ([], [])
        for _ in 0..<(self.dice.oneIn(3) ? Int.random(in: 1...2, using: &self.dice) : 0) {
            let id = ContentIdentifier.unique(domain: try MailDomain("example.org"), using: &self.dice)
            let name = self.dice.one(of: MessageWords.fileNames, or: ("a", "a"))
            let octets = self.binaryOctets()
            parts.append(.inline(.bytes(octets), id: id, named: name.given, type: .png))
            var leaf = Self.leaf("image/png", [], octets)
            leaf.fields.append(.parameterized("Content-Disposition", "inline", [["filename", name.kept]]))
            leaf.fields.append(.list("Content-ID", ["<\(id.value)>"]))
            expected.append(leaf)
        }
        return (parts, expected)
    }

    private mutating func binaryOctets() -> [UInt8] {
        switch Int.random(in: 0..<10, using: &self.dice) {
        case 0: []
        case 1: Array("\r\n--=_1.x\r\n--=_2.\n--=_3\r\r\n".utf8)
        case 2: self.dice.octets(Int.random(in: 0...(self.dice.oneIn(10) ? 20_000 : 2000), using: &self.dice))
        default: self.dice.octets(Int.random(in: 0...400, using: &self.dice))
        }
    }

    // MARK: What is expected

    private static func leaf(
        _ type: String,
        _ parameters: [[String]],
        _ octets: [UInt8],
        isText: Bool = false
    ) -> ExpectedPart {
        ExpectedPart(
            fields: [.parameterized("Content-Type", type, parameters)],
            content: Data(octets).base64EncodedString(),
            isText: isText
        )
    }

    private static func multipart(
        _ subtype: String,
        _ children: [ExpectedPart],
        _ parameters: [[String]] = []
    ) -> ExpectedPart {
        ExpectedPart(
            fields: [.parameterized("Content-Type", "multipart/\(subtype)", parameters)],
            children: children
        )
    }

    /// Lines, whatever ends them.
    private static func lines(_ text: String) -> [String] {
        text.replacingOccurrences(of: "\r\n", with: "\n").replacingOccurrences(of: "\r", with: "\n")
            .components(separatedBy: "\n")
    }

    /// Text whose lines end with CRLF.
    private static func canonical(_ text: String) -> [UInt8] {
        Array(Self.lines(text).joined(separator: "\r\n").utf8)
    }

    /// Paragraphs without spaces at their ends, which would have made the next one their rest.
    private static func paragraphs(_ text: String) -> [String] {
        Self.lines(text).map { line in
            guard line != "-- " else { return line }
            var scalars = line.unicodeScalars[...]
            while scalars.last == " " { scalars.removeLast() }
            return String(scalars)
        }
    }
}
