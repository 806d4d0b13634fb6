import NIOCore
import SMTPCore
import Testing

@Suite("Replies: work and memory")
struct ReplyWorkTests {
    /// An EHLO reply with this many lines.
    private func wire(lines: Int) -> [UInt8] {
        let body = (1..<lines).map { "250-KEYWORD\($0) some parameters\r\n" }.joined()
        return Array((body + "250 LAST some more parameters\r\n").utf8)
    }

    private func pieces(_ octets: [UInt8], of length: Int) -> [ByteBuffer] {
        stride(from: 0, to: octets.count, by: length).map { start in
            ByteBuffer(bytes: octets[start..<min(start + length, octets.count)])
        }
    }

    /// Octets looked at in the search for line ends.
    ///
    /// A search begins where the framer says that the last one ended; that is its private state, and looking
    /// at it from outside keeps counters out of it.
    private func octetsSearched(in pieces: [ByteBuffer]) throws -> Int {
        var framer = LineFramer()
        var total = 0
        for piece in pieces {
            framer.append(piece)
            var line: ByteBuffer?
            repeat {
                let state = Mirror(reflecting: framer).children.first { $0.label == "searched" }
                let start = try #require(state?.value as? Int)
                let buffered = framer.bufferedByteCount
                line = try framer.nextLine(limit: 1 << 16)
                total += (line == nil ? buffered : buffered - framer.bufferedByteCount) - start
            } while line != nil
        }
        #expect(framer.bufferedByteCount == 0)
        return total
    }

    @Test(
        "S-E2 E2.1 twice the lines cost twice the search, in pieces of any length",
        arguments: [1, 2, 3, 7, 64, 1 << 20]
    )
    func linear(pieceLength: Int) throws {
        let (half, full) = (self.wire(lines: 250), self.wire(lines: 500))
        let halfWork = try self.octetsSearched(in: self.pieces(half, of: pieceLength))
        let fullWork = try self.octetsSearched(in: self.pieces(full, of: pieceLength))
        #expect(Double(fullWork) <= 2.5 * Double(halfWork))
        // No octet is looked at twice, so one-octet pieces cost what the whole costs.
        #expect(fullWork == full.count)
    }

    @Test("S-E2 E2.1 one long line octet by octet is searched once")
    func oneLongLine() throws {
        let wire = Array("250 \(String(repeating: "x", count: 8000))\r\n".utf8)
        #expect(try self.octetsSearched(in: self.pieces(wire, of: 1)) == wire.count)
    }

    // Pieces that never end where a line ends leave a rest in the framer each time. Were what is behind it
    // kept, memory would grow with every line, and so would the copy that lines still in use force on the
    // next append.
    @Test("S-E1 S-E2 E2.1 what was given out is not kept, however the segments fall", arguments: [250, 500])
    func memory(lines: Int) throws {
        var framer = LineFramer()
        var largest = 0
        var held: [ByteBuffer] = []
        let lineLength = "250-abcd\r\n".utf8.count
        let wire = Array(String(repeating: "250-abcd\r\n", count: lines).utf8)
        for piece in [Array(wire[..<3])]
            + stride(from: 3, to: wire.count, by: lineLength).map({
                Array(wire[$0..<min($0 + lineLength, wire.count)])
            })
        {
            framer.append(ByteBuffer(bytes: piece))
            while let line = try framer.nextLine(limit: 512) {
                largest = max(largest, line.storageCapacity)
                held.append(line)
            }
        }
        #expect(held.count == lines)
        #expect(held.allSatisfy { $0.text == "250-abcd" })
        #expect(largest <= 64)
    }

    @Test("S-E1 a line is a slice of what came from the network, not a copy")
    func slices() throws {
        var framer = LineFramer()
        let piece = ByteBuffer.sliceOfLargeStorage(Array("250-a\r\n250 b\r\n".utf8))
        framer.append(piece)
        while let line = try framer.nextLine(limit: 512) {
            #expect(line.storageCapacity == piece.storageCapacity)
            #expect(try ReplyLine(parsing: line).text.storageCapacity == piece.storageCapacity)
        }
    }
}
