internal import SMTPCore

/// Who waits for what becomes of messages.
protocol ParcelWaiter: AnyObject, Sendable {
    /// Whether the outcome is not wanted any more, so that a message that waits need not be sent.
    var isCancelled: Bool { get }

    /// Takes outcomes; called on any thread.
    func finish(_ outcomes: ArraySlice<ParcelOutcome>)
}

/// What became of a message.
struct ParcelOutcome: Sendable {
    let parcel: Parcel
    let result: Result<SendReceipt, SMTPError>
}

extension Sequence
where
    Element == ParcelOutcome, Self: RandomAccessCollection, SubSequence == ArraySlice<ParcelOutcome>,
    Index == Int
{
    /// Gives each waiter its outcomes, those that stand together at once.
    func deliver() {
        var start = self.startIndex
        while start < self.endIndex {
            let waiter = self[start].parcel.waiter
            var end = start + 1
            while end < self.endIndex, self[end].parcel.waiter === waiter { end += 1 }
            waiter.finish(self[start..<end])
            start = end
        }
    }
}
