import Foundation
import MailAddress
import Testing

@testable import MailMessage

/// Gives the same number again and again.
struct RepeatingGenerator: RandomNumberGenerator {
    /// The number.
    let number: UInt64

    mutating func next() -> UInt64 { self.number }
}

/// What makes a message different from any other.
@Suite struct MessageIdentityTests {
    @Test("S-B5.1 a generator that repeats itself gives no boundary twice", arguments: [0, 1, UInt64.max])
    func repeating(number: UInt64) async throws {
        var generator = RepeatingGenerator(number: number)
        let ann = try MessageFixture.mailbox("ann@example.org")
        var inner = Message(from: [ann], to: [], subject: "x", text: "x", html: "x", using: &generator)
        inner.attachments = [.attachment(.text("x"), named: "x.txt")]
        var outer = Message(from: [ann], to: [], subject: "x", text: "x", html: "x", using: &generator)
        outer.attachments = [.message(inner), .message(inner), .message(outer)]
        let boundaries = try await MessageReading(outer).boundaries
        #expect(boundaries.count == 7)
        #expect(Set(boundaries).count == 7)
        for one in boundaries {
            for other in boundaries where one != other { #expect(!other.hasPrefix(one)) }
        }
    }

    @Test("S-B8.2 a message is the same whenever it is rendered, and so is its copy")
    func same() async throws {
        let message = try Message(from: "ann@example.org", subject: "x", text: "a", html: "b")
        var copy = message
        copy.subject = "y"
        let octets = try await MessageReading(message).octets
        #expect(try await MessageReading(message).octets == octets)
        #expect(copy.messageID == message.messageID)
        #expect(try await MessageReading(copy).boundaries == MessageReading(message).boundaries)
        #expect(try message.renderedAtOnce(for: .sevenBit)?.size == UInt64(octets.count))
    }

    @Test("S-B8.2 a renewed message is another, with another identifier and other boundaries")
    func renewed() async throws {
        var message = try Message(from: "ann@example.org", subject: "x", text: "a", html: "b")
        message.messageID = try MessageIdentifier("given@example.org")
        let other = message.renewed()
        #expect(other.messageID != message.messageID)
        #expect(
            Set(try await MessageReading(message).boundaries).isDisjoint(
                with: try await MessageReading(other).boundaries
            )
        )
    }

    @Test("R5322-3.6-1 S-B5.1 two messages of the same content have identifiers and boundaries of their own")
    func different() async throws {
        var (identifiers, boundaries): (Set<String>, Set<String>) = ([], [])
        for _ in 0..<200 {
            let message = try Message(from: "ann@bücher.example", subject: "x", text: "a", html: "b")
            let reading = try await MessageReading(message)
            identifiers.formUnion(reading.values("Message-ID"))
            boundaries.formUnion(reading.boundaries)
            #expect(message.messageID.value.hasSuffix("@xn--bcher-kva.example"))
        }
        #expect(identifiers.count == 200)
        #expect(boundaries.count == 200)
    }

    @Test("R2046-1 S-B5.2 a boundary has at most 70 characters of the set, and does not end with a space")
    func characters() async throws {
        var part = BodyPart.text("x")
        for _ in 0..<60 { part = .multipart(.mixed, [part]) }
        var message = try MessageFixture.plain(nil)
        message.body = part
        let boundaries = try await MessageReading(message).boundaries
        #expect(boundaries.count == 60)
        for boundary in boundaries {
            #expect((28...70).contains(boundary.utf8.count))
            #expect(
                boundary.utf8.allSatisfy {
                    "'()+_,-./:=?".utf8.contains($0) || ($0 < 0x80 && Character(Unicode.Scalar($0)).isLetter)
                        || (0x30...0x39).contains($0)
                }
            )
        }
    }

    @Test(
        "S-B5.2 content that has the boundaries of its message does not end its parts",
        arguments: TransferCapability.allCases
    )
    func collision(capability: TransferCapability) async throws {
        var generator = RepeatingGenerator(number: 0)
        let ann = try MessageFixture.mailbox("ann@example.org")
        var message = Message(from: [ann], to: [], subject: "x", using: &generator)
        message.text = .text("x")
        message.html = .html("y")
        let boundary = try #require(try await MessageReading(message).boundaries.first)
        let lines = "--\(boundary)\r\nA\r\n--\(boundary)--\r\n--\(boundary.dropLast())\r\n--\(boundary)tail\n"
        message.text = .text(lines)
        message.html = .html("--\(boundary.replacingOccurrences(of: "=_1", with: "=_2"))--")
        message.attachments = [
            .message(.text("From: a@b.example\r\n\r\n" + lines)), .attachment(.text(lines), named: "x.bin"),
        ]
        let reading = try await MessageReading(message, for: capability)
        let outer = try #require(reading.boundaries.first)
        let delimiters = reading.text.components(separatedBy: "\r\n").filter { $0.hasPrefix("--" + outer) }
        #expect(delimiters == Array(repeating: "--" + outer, count: 3) + ["--\(outer)--"])
        #expect(capability == .binary || reading.boundaries.count == 2)
    }
}
