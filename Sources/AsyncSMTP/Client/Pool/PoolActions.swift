/// Actions of one step of a pool, in order; the first few need no memory of their own.
package struct PoolActions<Message: PoolMessage>: Sendable, RandomAccessCollection {
    private var first: PoolAction<Message>?
    private var second: PoolAction<Message>?
    private var rest: [PoolAction<Message>] = []

    init() {}

    package var startIndex: Int { 0 }

    package var endIndex: Int {
        if self.first == nil { return 0 }
        return self.second == nil ? 1 : 2 + self.rest.count
    }

    package subscript(position: Int) -> PoolAction<Message> {
        if position == 0, let first { return first }
        if position == 1, let second { return second }
        return self.rest[position - 2]
    }

    mutating func append(_ action: PoolAction<Message>) {
        if self.first == nil {
            self.first = action
        } else if self.second == nil {
            self.second = action
        } else {
            self.rest.append(action)
        }
    }
}
