/// The ways to split octets that tests go through.
enum Pieces {
    /// In two at every place, and in pieces of every length up to nine.
    static func splits(of octets: [UInt8]) -> [[[UInt8]]] {
        let halves = (0...octets.count).map { [Array(octets[..<$0]), Array(octets[$0...])] }
        let pieces = (1...9).map { length in
            stride(from: 0, to: octets.count, by: length).map { start in
                Array(octets[start..<min(start + length, octets.count)])
            }
        }
        return halves + pieces
    }
}
