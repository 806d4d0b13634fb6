import Foundation
import MailAddress
import MailMessage
import Testing

/// How parts stand within parts.
@Suite struct StructureTests {
    private static func message(text: String?, html: String?) throws -> Message {
        try Message(from: "ann@example.org", subject: "x", text: text, html: html)
    }

    @Test("R2046-3 alternatives go from plain to rich, what HTML shows is related to it, files come last")
    func order() async throws {
        let id = try ContentIdentifier("logo@example.org")
        let message = try Self.message(text: "plain", html: "<img src=\"\(id.url)\">")
            .embedding(.inline(.bytes([1, 2, 3]), id: id, named: "logo.png"))
            .inviting(CalendarInvitation(method: "REQUEST", text: "BEGIN:VCALENDAR\r\n"))
            .attaching(.attachment(.bytes([4]), named: "a.pdf"))
        let reading = try await MessageReading(message)
        let types = reading.text.components(separatedBy: "\r\n").filter { $0.hasPrefix("Content-Type: ") }
            .map { $0.dropFirst(14).prefix { $0 != ";" } }
        #expect(
            types == [
                "multipart/mixed", "multipart/alternative", "text/plain", "multipart/related", "text/html",
                "image/png",
                "text/calendar", "application/pdf", "application/ics",
            ]
        )
        #expect(reading.text.contains("Content-Type: multipart/related; type=\"text/html\";"))
        #expect(reading.text.contains("Content-Type: text/calendar; charset=utf-8; method=REQUEST\r\n"))
    }

    @Test("R2392-1 R2183-1 a picture is named in angle brackets, and called by its cid URL")
    func contentID() async throws {
        let id = try ContentIdentifier("50%+a&b@example.org")
        #expect(id.url == "cid:50%25%2Ba%26b@example.org")
        let message = try Self.message(text: nil, html: "<img src=\"\(id.url)\">")
            .embedding(.inline(.bytes([1]), id: id, named: "/srv/pictures/logo.png"))
        let reading = try await MessageReading(message)
        #expect(
            reading.values("Content-Type").first?.hasPrefix("multipart/related; type=\"text/html\"") == true
        )
        #expect(
            reading.hasInOrder([
                "Content-Type: text/html", "cid:50%25%2Ba%26b@example.org", "Content-Type: image/png",
                "Content-Disposition: inline; filename=logo.png\r\n", "Content-ID: <50%+a&b@example.org>\r\n",
            ])
        )
    }

    @Test("R2183-1 a file has a name without a place, and its dates and size")
    func disposition() async throws {
        var part = BodyPart.attachment(file: #filePath)
        part.disposition?.creationDate = try MailDate(secondsSince1970: 0)
        part.disposition?.modificationDate = try MailDate(secondsSince1970: 86_400, zoneOffsetMinutes: 60)
        part.disposition?.size = 12
        let reading = try await MessageReading(try Self.message(text: "x", html: nil).attaching(part))
        let text = reading.text.replacingOccurrences(of: "\r\n ", with: " ")
        #expect(
            text.contains(
                "Content-Disposition: attachment; filename=StructureTests.swift;"
                    + " creation-date=\"Thu, 1 Jan 1970 00:00:00 +0000\";"
                    + " modification-date=\"Fri, 2 Jan 1970 01:00:00 +0100\"; size=12\r\n"
            )
        )
    }

    @Test(
        "R2183-1 a name of which nothing is left is refused",
        arguments: ["", "..", "/", "C:\\", "a/..", " "]
    )
    func noName(name: String) async throws {
        let message = try Self.message(text: "x", html: nil).attaching(.attachment(.text("x"), named: name))
        #expect(await MessageFixture.refusal(of: message)?.reason == .invalidFileName)
    }

    @Test("R2046-3 a message without parts has an empty text, and one with a single part no multipart")
    func few() async throws {
        let empty = try await MessageReading(try Self.message(text: nil, html: nil))
        #expect(empty.values("Content-Type") == ["text/plain; charset=utf-8"])
        #expect(empty.body.isEmpty)
        let html = try await MessageReading(try Self.message(text: nil, html: "x"))
        #expect(html.values("Content-Type") == ["text/html; charset=utf-8"])
        let picture = BodyPart.inline(.bytes([1]), id: try ContentIdentifier("a@b.example"), named: "x.png")
        let without = try await MessageReading(try Self.message(text: "x", html: nil).embedding(picture))
        #expect(without.values("Content-Type").first?.hasPrefix("multipart/mixed;") == true)
    }

    @Test("R2046-1 parts stand between delimiters, with nothing before the first and nothing behind the last")
    func delimiters() async throws {
        let reading = try await MessageReading(try Self.message(text: "a", html: "b\r\n"))
        let boundary = try #require(reading.boundaries.first)
        let parts = [
            "--\(boundary)\r\nContent-Type: text/plain; charset=utf-8\r\n\r\na",
            "\r\n--\(boundary)\r\nContent-Type: text/html; charset=utf-8\r\n\r\nb\r\n",
            "\r\n--\(boundary)--\r\n",
        ]
        #expect(reading.body == parts.joined())
    }

    @Test("R2046-3 a body of one's own stands in place of text and HTML, with the files behind it")
    func own() async throws {
        var message = try Self.message(text: "unseen", html: "unseen")
        message.body = .multipart(try MediaType("multipart", "report"), [.text("seen")])
        message.attachments = [.attachment(.text("x"), named: "x.bin")]
        let reading = try await MessageReading(message)
        #expect(!reading.text.contains("unseen"))
        #expect(
            reading.hasInOrder(["multipart/mixed", "multipart/report", "seen", "application/octet-stream"])
        )
    }
}
