import DKIM
import NIOCore
import Testing

struct SplitTests {
    private static let messages = [
        "From: a@example.org\r\nSubject: a\r\n \tb \r\n\r\na  b \t\r\n\r\n \r\nc\r\n\r\n",
        "From: a@example.org\r\n\r\n\r\n\r\n\r\n",
        "From: a@example.org\n\nb \n\n\n",
        "From: a@example.org\r\r \r \rb\r\r",
        "From: a@example.org\r\n\n\r\r\nb",
        "From: a@example.org\r\n",
    ]

    @Test(
        "S-G3.4 R6376-2 a message cut anywhere has the same signature as in one piece",
        arguments: messages,
        DKIMCanonicalization.allCases
    )
    func cut(message: String, form: DKIMCanonicalization) throws {
        let message = octets(message)
        let signers = [try signer(form)]
        let whole = try signatures([message], by: signers)
        for first in 0...message.count {
            for second in first...message.count {
                let pieces = [
                    Array(message[..<first]), Array(message[first..<second]), Array(message[second...]),
                ]
                #expect(try signatures(pieces, by: signers) == whole, "cut at \(first) and \(second)")
            }
        }
        #expect(try signatures(message.map { [$0] }, by: signers) == whole, "single octets")
    }

    @Test(
        "S-G3.4 a long line is hashed the same wherever white space stands at an edge",
        arguments: 100...300
    )
    func edges(length: Int) throws {
        for tail in [" ", "  x", "\t", " \r\n \r\n", "\r\n\r\nx", "\r\rx", " \nx"] {
            let body = [UInt8](repeating: 0x61, count: length) + octets(tail)
            let pieces = [octets("From: a@example.org\r\n\r\n") + body]
            for form in DKIMCanonicalization.allCases {
                let field = try signatures(pieces, by: [signer(form)])
                #expect(try tag("bh", of: field) == hash(ReferenceBody.canonical(body, form)))
            }
        }
    }

    @Test("octets of a buffer count as those of an array")
    func buffer() throws {
        let message = Self.messages[0]
        var signing = try DKIMSigning([signer()], secondsSince1970: signingTime)
        try signing.append(ByteBuffer(string: message))
        #expect(text(try signing.finish()) == (try signatures([octets(message)], by: [signer()])))
    }
}
