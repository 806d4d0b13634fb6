/// One connection of a pool; never used for another.
package struct PoolConnectionID: Hashable, Sendable, CustomStringConvertible {
    /// Place in the pool's list.
    let slot: Int
    /// Number among all connections of the pool, from 1.
    let number: UInt64

    package var description: String { "#\(self.number)" }
}
