import NIOCore
import SMTPCore
import Testing

@Suite("Content: BDAT")
struct ChunkEncoderTests {
    /// Chunks of pieces, one per element.
    private func chunks(_ pieces: [String], of size: Int) -> [String] {
        var encoder = ChunkEncoder(chunkSize: size)
        var result = pieces.compactMap { encoder.append(ByteBuffer(string: $0))?.text }
        result.append(encoder.finish().text)
        return result
    }

    static let rows: [(pieces: [String], size: Int, chunks: [String])] = [
        ([], 4, ["BDAT 0 LAST\r\n"]),
        ([""], 4, ["BDAT 0 LAST\r\n"]),
        (["a"], 4, ["BDAT 1 LAST\r\na"]),
        (["abcd"], 4, ["BDAT 4\r\nabcd", "BDAT 0 LAST\r\n"]),
        (["ab", "cd", "e"], 4, ["BDAT 4\r\nabcd", "BDAT 1 LAST\r\ne"]),
        (["abc", "defg", "h"], 4, ["BDAT 7\r\nabcdefg", "BDAT 1 LAST\r\nh"]),
        (["abcdefgh"], 4, ["BDAT 8\r\nabcdefgh", "BDAT 0 LAST\r\n"]),
        (["a", "b"], 0, ["BDAT 1\r\na", "BDAT 1\r\nb", "BDAT 0 LAST\r\n"]),
        ([".\r\n", ".\r\n"], 100, ["BDAT 6 LAST\r\n.\r\n.\r\n"]),
        (["BDAT 1 LAST\r\n"], 100, ["BDAT 13 LAST\r\nBDAT 1 LAST\r\n"]),
    ]

    @Test("R3030-1 the count, LAST on the last chunk, and the octets as they are", arguments: rows)
    func chunks(pieces: [String], size: Int, chunks: [String]) {
        #expect(self.chunks(pieces, of: size) == chunks)
    }

    @Test("R3030-1 what the encoder holds back at the end goes out with the last chunk")
    func tail() {
        var encoder = ChunkEncoder(chunkSize: 2)
        #expect(encoder.append(ByteBuffer(string: "ab"))?.text == "BDAT 2\r\nab")
        encoder.appendTail(ByteBuffer(string: "\r\n"))
        #expect(encoder.finish().text == "BDAT 2 LAST\r\n\r\n")
    }

    @Test("S-B1 B1.3 R3030-1 any octets, cut and chunked at random, come back unchanged")
    func roundTrip() throws {
        var generator = SplitMix64(seed: 11)
        for _ in 0..<200 {
            let octets = (0..<Int.random(in: 0...60, using: &generator)).map { _ in
                UInt8.random(in: .min ... .max, using: &generator)
            }
            var encoder = ChunkEncoder(chunkSize: Int.random(in: 1...20, using: &generator))
            var wire: [UInt8] = []
            for piece in Cuts.random(octets, using: &generator) {
                wire += encoder.append(piece)?.octets ?? []
            }
            wire += encoder.finish().octets
            #expect(try Self.payload(of: wire) == octets)
        }
    }

    /// The octets in chunks, read as a server reads them.
    private static func payload(of wire: [UInt8]) throws -> [UInt8] {
        var result: [UInt8] = []
        var rest = wire[...]
        while true {
            let end = try #require(rest.firstIndex(of: UInt8(ascii: "\n")))
            let line = String(decoding: rest[..<end], as: UTF8.self)
            let words = line.split(whereSeparator: \.isWhitespace)
            try #require(words.first == "BDAT" && (2...3).contains(words.count))
            let count = try #require(Int(words[1]))
            rest = rest[(end + 1)...]
            result += rest.prefix(count)
            rest = rest.dropFirst(count)
            guard words.last == "LAST" else { continue }
            #expect(rest.isEmpty)
            return result
        }
    }
}
