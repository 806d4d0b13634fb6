import NIOCore
import SMTPCore
import Testing

@Suite("Content: header fields that are not sent")
struct HeaderFieldFilterTests {
    private func filter(_ pieces: [ByteBuffer]) -> String {
        var filter = HeaderFieldFilter(dropping: ["bcc", "resent-bcc"])
        let output = pieces.flatMap { filter.filter($0) } + [filter.finish()]
        return output.map(\.text).joined()
    }

    static let messages = [
        ("Bcc: secret@x\r\nTo: a@b\r\n\r\nbody", "To: a@b\r\n\r\nbody"),
        ("To: a@b\r\nBCC: secret@x\r\n\r\nbody", "To: a@b\r\n\r\nbody"),
        ("To: a@b\r\nbCc:secret@x\r\nX: y\r\n\r\n", "To: a@b\r\nX: y\r\n\r\n"),
        ("Bcc : secret@x\r\nTo: a\r\n\r\n", "To: a\r\n\r\n"),
        ("Bcc\t: secret@x\r\nTo: a\r\n\r\n", "To: a\r\n\r\n"),
        ("Resent-Bcc: secret\r\nResent-To: a\r\n\r\n", "Resent-To: a\r\n\r\n"),
        ("resent-BCC: secret\r\nBcc: secret\r\nTo: a\r\n\r\n", "To: a\r\n\r\n"),
        // Folded, with any line end.
        ("Bcc: secret,\r\n secret\r\n\tsecret\r\nTo: a\r\n\r\n", "To: a\r\n\r\n"),
        ("Bcc:\n secret\n\tsecret\nTo: a\n\n", "To: a\n\n"),
        ("Bcc:\r secret\r\tsecret\rTo: a\r\r", "To: a\r\r"),
        ("To: a,\r\n b\r\nBcc: secret\r\n\r\n", "To: a,\r\n b\r\n\r\n"),
        ("Bcc:\r\n \r\n secret\r\nTo: a\r\n\r\n", "To: a\r\n\r\n"),
        // Behind a lone CR or LF, which will be a line end on the wire.
        ("To: a\rBcc: secret\r\n\r\n", "To: a\r\r\n"),
        ("To: a\nBcc: secret\r\n\r\n", "To: a\n\r\n"),
        ("To: a\rBcc: secret\rX: y\r\n\r\n", "To: a\rX: y\r\n\r\n"),
        // At the end of what is there.
        ("To: a\r\nBcc: secret", "To: a\r\n"),
        ("Bcc: secret\r\n", ""),
        ("Bcc: secret\r\n\r\n", "\r\n"),
        // Other fields, and the body.
        ("To: a\r\n\r\nBcc: stays\r\n", "To: a\r\n\r\nBcc: stays\r\n"),
        ("\r\nBcc: stays", "\r\nBcc: stays"),
        ("\nBcc: stays", "\nBcc: stays"),
        (
            "X-Bcc: stays\r\nBccc: stays\r\nBc: stays\r\n\r\n",
            "X-Bcc: stays\r\nBccc: stays\r\nBc: stays\r\n\r\n"
        ),
        ("Subject: x\r\n Bcc: stays\r\n\r\n", "Subject: x\r\n Bcc: stays\r\n\r\n"),
        ("Bcc\r\nTo: a\r\n\r\n", "Bcc\r\nTo: a\r\n\r\n"),
        ("To: a\r\nBc", "To: a\r\nBc"),
        ("", ""),
    ]

    @Test("S-B8 B8.1 Bcc in any case, folded, behind any line end, cut anywhere", arguments: messages)
    func table(message: String, sent: String) {
        for pieces in Cuts.everywhere(Array(message.utf8)) {
            #expect(self.filter(pieces) == sent, "in pieces \(pieces.map(\.text))")
        }
    }

    @Test(
        "S-B8 B8.1 in every way to cut a short message",
        arguments: [
            ("Bcc:s\r\n\r\nx", "\r\nx"), ("a:\rBcc:s\r\r", "a:\r\r"), ("Bcc:\r s\r\n", ""),
        ]
    )
    func allCuts(message: String, sent: String) {
        for pieces in Cuts.all(Array(message.utf8)) {
            #expect(self.filter(pieces) == sent, "in pieces \(pieces.map(\.text))")
        }
    }

    @Test("S-B8 B8.1 blanks in front of the colon, however many", arguments: [1, 124, 125, 126, 200, 900])
    func blanks(count: Int) {
        let message =
            "Bcc" + String(repeating: " ", count: count) + ": secret\r\n secret\r\nTo: a\r\n\r\nbody"
        let wrong = Cuts.everywhere(Array(message.utf8)).first { self.filter($0) != "To: a\r\n\r\nbody" }
        #expect(wrong == nil)
    }

    @Test("S-B8 a line without a colon is not held for ever")
    func longLine() {
        let line = String(repeating: "x", count: 100_000)
        var filter = HeaderFieldFilter(dropping: ["bcc"])
        let first = filter.filter(ByteBuffer(string: line))
        #expect(first.reduce(0) { $0 + $1.readableBytes } > 99_000)
        let rest = filter.filter(ByteBuffer(string: "\r\nBcc: secret\r\n\r\nbody")) + [filter.finish()]
        #expect((first + rest).map(\.text).joined() == line + "\r\n\r\nbody")
    }

    @Test("S-B8 the body is not copied")
    func bodyIsNotCopied() {
        var filter = HeaderFieldFilter(dropping: ["bcc"])
        let piece = ByteBuffer.sliceOfLargeStorage(Array("To: a\r\n\r\nbody".utf8))
        #expect(filter.filter(piece).last?.storageCapacity == piece.storageCapacity)
        #expect(filter.filter(piece).map(\.storageCapacity) == [piece.storageCapacity])
    }

    @Test(
        "S-B8 B8.1 random headers lose their Bcc fields, and nothing else",
        arguments: [21, 22] as [UInt64]
    )
    func random(seed: UInt64) {
        var generator = SplitMix64(seed: seed)
        let lineEnds = ["\r\n", "\n", "\r"]
        let kept = ["To: a", "X-Bcc: b", "Subject: Bcc: c", "Received"]
        let dropped = ["Bcc: secret", "BCC:secret", "bcc : secret", "Resent-Bcc: secret"]
        for _ in 0..<500 {
            var (message, expected) = ("", "")
            var lastEnd = "\r\n"
            for _ in 0..<Int.random(in: 1...6, using: &generator) {
                let isKept = Bool.random(using: &generator)
                var field = (isKept ? kept : dropped)[Int.random(in: 0..<4, using: &generator)]
                if Bool.random(using: &generator) { field += "\r\n folded secret" }
                lastEnd = lineEnds[Int.random(in: 0..<3, using: &generator)]
                message += field + lastEnd
                if isKept { expected += field + lastEnd }
            }
            // The LF of the empty line behind a CR would be the second half of one line end.
            let end = lastEnd == "\r" ? "\rBcc: body" : "\nBcc: body"
            let pieces = Cuts.random(Array((message + end).utf8), using: &generator)
            let isRight = self.filter(pieces).utf8.elementsEqual((expected + end).utf8)
            #expect(isRight, "\((message + end).debugDescription)")
        }
    }
}
