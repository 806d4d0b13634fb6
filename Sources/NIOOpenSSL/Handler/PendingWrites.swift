internal import NIOCore

/// What the application has written and the network has not got yet, in order.
struct PendingWrites {
    private struct Write {
        var buffer: ByteBuffer
        let promise: EventLoopPromise<Void>?
    }

    /// Up to this size one record is shared by several writes: each costs some 30 octets and an encryption.
    private static let recordSize = 16_384

    private var waiting = MarkedCircularBuffer<Write>(initialCapacity: 4)
    /// What is being encrypted.
    var current = ByteBuffer()
    private var currentPromises: [EventLoopPromise<Void>] = []
    private var donePromises: [EventLoopPromise<Void>] = []

    mutating func append(_ buffer: ByteBuffer, promise: EventLoopPromise<Void>?) {
        self.waiting.append(Write(buffer: buffer, promise: promise))
    }

    /// Everything appended so far may go.
    mutating func mark() {
        self.waiting.mark()
    }

    /// Whether writes that may go have not been begun.
    var hasFlushed: Bool { self.waiting.hasMark }

    /// Whether anything may go.
    var hasWork: Bool { self.waiting.hasMark || self.current.readableBytes > 0 }

    /// Room for the encrypted form of what is at hand.
    var sizeHint: Int {
        let next = self.waiting.first.map(\.buffer.readableBytes) ?? 0
        return min(max(self.current.readableBytes, next), 262_144) + 1_024
    }

    /// Makes the next octets current.
    ///
    /// - Returns: Whether there are any, or an empty write.
    mutating func prepare(allocator: ByteBufferAllocator) -> Bool {
        guard self.current.readableBytes == 0 else { return true }
        self.donePromises += self.currentPromises
        self.currentPromises.removeAll(keepingCapacity: true)
        guard self.waiting.hasMark, let first = self.waiting.popFirst() else { return false }
        self.current = first.buffer
        self.currentPromises += [first.promise].compactMap(\.self)
        guard self.waiting.hasMark, self.current.readableBytes < Self.recordSize / 4 else { return true }
        var joined = allocator.buffer(capacity: Self.recordSize)
        joined.writeBuffer(&self.current)
        while self.waiting.hasMark, let next = self.waiting.first,
            joined.readableBytes + next.buffer.readableBytes <= Self.recordSize
        {
            joined.writeImmutableBuffer(next.buffer)
            self.currentPromises += [next.promise].compactMap(\.self)
            _ = self.waiting.popFirst()
        }
        self.current = joined
        return true
    }

    /// One promise for all writes encrypted since the last call; nil when nobody asked for one.
    mutating func takePromise(_ eventLoop: any EventLoop) -> EventLoopPromise<Void>? {
        if self.current.readableBytes == 0 {
            self.donePromises += self.currentPromises
            self.currentPromises.removeAll(keepingCapacity: true)
        }
        guard let first = self.donePromises.first else { return nil }
        for other in self.donePromises.dropFirst() {
            first.futureResult.cascade(to: other)
        }
        self.donePromises.removeAll(keepingCapacity: true)
        return first
    }

    /// Gives everything up; the promises are for the caller to fail, since what hears of it may write again.
    mutating func takeAll() -> [EventLoopPromise<Void>] {
        let promises = self.currentPromises + self.donePromises + self.waiting.compactMap(\.promise)
        self = PendingWrites()
        return promises
    }
}
