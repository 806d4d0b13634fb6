import MailAddress
import Testing

@Suite("S-F3: hostile lists")
struct ParserLimitTests {
    /// A text made of a repeated piece, which a careless parser would read over and over again.
    struct Hostile: Sendable, CustomTestStringConvertible {
        let head: String
        let piece: String
        let tail: String
        let count: Int

        var testDescription: String { "\(head)\(piece) x \(count) \(tail)" }

        /// The text with as many pieces as `count`, or with fewer.
        func text(atMost limit: Int = .max) -> String {
            head + String(repeating: piece, count: min(count, limit)) + tail
        }

        init(_ piece: String, count: Int) {
            self.init("", piece, count: count)
        }

        init(_ head: String, _ piece: String, _ tail: String = "", count: Int) {
            self.head = head
            self.piece = piece
            self.tail = tail
            self.count = count
        }
    }

    static let named = [
        Hostile("g0:", "g0:", "a@b;", count: 10_000),
        Hostile("(", count: 100_000),
        Hostile("\"", count: 100_000),
        Hostile("a@[", "1", count: 1_000_000),
        Hostile("a ", count: 1_000_000),
    ]

    static let others = [
        Hostile("()", count: 50_000),
        Hostile("() ", "a ", "@b", count: 30_000),
        Hostile("a (", "x", ") @b", count: 100_000),
        Hostile("a.", count: 50_000),
        Hostile("a.", "a.", "a@b", count: 50_000),
        Hostile("\"", "\\\"", "\"@b", count: 50_000),
        Hostile("a@", "b.", "c", count: 50_000),
        Hostile("a@b,", count: 20_000),
        Hostile("a@b,", "a (c) @b,", "a@b", count: 10_000),
        Hostile(",", count: 100_000),
        Hostile("<", count: 100_000),
        Hostile("<@a", ",@a", ":a@b>", count: 30_000),
        Hostile("a:;,", count: 20_000),
        Hostile("a@b ", "(c)", count: 30_000),
        Hostile("a \"", "b c", "\" <a@b>", count: 30_000),
        Hostile("\r\n ", count: 30_000),
        Hostile("a@b\r\n ", "\r\n ", count: 30_000),
        Hostile("=?utf-8?q?a?= ", count: 10_000),
        Hostile("é", count: 50_000),
        Hostile("a@", "é", "", count: 50_000),
    ]

    @Test(
        "S-F3.1: the default limits refuse it",
        arguments: named,
        [AddressListParser.Mode.strict, .lenient]
    )
    func refused(hostile: Hostile, mode: AddressListParser.Mode) {
        #expect(throws: AddressError.self) { try AddressListParser(mode: mode).parse(hostile.text()) }
        #expect(throws: AddressError.self) { try EmailAddress(hostile.text()) }
        #expect(throws: AddressError.self) { try MailDomain(hostile.text()) }
    }

    @Test(
        "S-F3.1: without limits, each byte is read twice at most",
        arguments: named + others,
        [AddressListParser.Mode.strict, .lenient]
    )
    func linear(hostile: Hostile, mode: AddressListParser.Mode) {
        var limits = AddressListParser.Limits()
        limits.maximumInputLength = .max
        limits.maximumCommentDepth = .max
        limits.maximumEntries = .max
        let parser = AddressListParser(mode: mode, limits: limits)
        for limit in [1, 100, 10_000] {
            let text = hostile.text(atMost: limit)
            var steps = 0
            _ = try? parser.parse(text, steps: &steps)
            #expect(steps <= 2 * text.utf8.count)
        }
    }

    @Test("S-F3: the length of the input is capped", arguments: [AddressListParser.Mode.strict, .lenient])
    func inputLength(mode: AddressListParser.Mode) throws {
        var limits = AddressListParser.Limits()
        limits.maximumInputLength = 5
        let parser = AddressListParser(mode: mode, limits: limits)
        #expect(try parser.parse("aa@bb").count == 1)
        let error = #expect(throws: AddressError.self) { try parser.parse("aa@bbb") }
        #expect(error?.reason == .inputTooLong)
        #expect(error?.position == 5)
        let bytes = #expect(throws: AddressError.self) { try parser.parse(Array("aa@bbb".utf8)) }
        #expect(bytes?.reason == .inputTooLong)
    }

    @Test("S-F3: the depth of comments is capped", arguments: [0, 1, 2, 32, 33])
    func commentDepth(depth: Int) {
        let text = String(repeating: "(", count: depth) + String(repeating: ")", count: depth) + "a@b"
        #expect(((try? AddressListParser().parse(text)) != nil) == (depth <= 32))
        var limits = AddressListParser.Limits()
        limits.maximumCommentDepth = 1
        let error = (depth > 1) ? AddressError.Reason.tooDeep : nil
        #expect(reason(of: text, limits: limits) == error)
    }

    @Test("S-F3: the number of entries is capped, members of groups among them")
    func entries() {
        var limits = AddressListParser.Limits()
        limits.maximumEntries = 3
        #expect(reason(of: "a@b, a@b, a@b", limits: limits) == nil)
        #expect(reason(of: "a@b, a@b, a@b, a@b", limits: limits) == .tooManyEntries)
        #expect(reason(of: "g: a@b, a@b;", limits: limits) == nil)
        #expect(reason(of: "g: a@b, a@b, a@b;", limits: limits) == .tooManyEntries)
        #expect(reason(of: "g:;, h:;, i:;, j:;", limits: limits) == .tooManyEntries)
    }

    @Test("S-F3: senseless limits refuse everything and trap nowhere", arguments: [0, -1, .min])
    func senseless(limit: Int) {
        var limits = AddressListParser.Limits()
        limits.maximumInputLength = limit
        #expect(reason(of: "a@b", limits: limits) == .inputTooLong)
        limits = AddressListParser.Limits()
        limits.maximumEntries = limit
        #expect(reason(of: "a@b", limits: limits) == .tooManyEntries)
        limits = AddressListParser.Limits()
        limits.maximumCommentDepth = limit
        #expect(reason(of: "(c) a@b", limits: limits) == .tooDeep)
    }

    @Test("S-F3: an envelope address is refused unread when it is far too long")
    func envelope() {
        let text = "a@[" + String(repeating: "1", count: 1_000_000)
        let error = #expect(throws: AddressError.self) { try EmailAddress(text) }
        #expect(error?.reason == .inputTooLong)
    }

    private func reason(of text: String, limits: AddressListParser.Limits) -> AddressError.Reason? {
        do throws(AddressError) {
            _ = try AddressListParser(limits: limits).parse(text)
            return nil
        } catch {
            return error.reason
        }
    }
}
