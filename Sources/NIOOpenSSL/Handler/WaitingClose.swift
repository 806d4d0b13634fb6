internal import NIOCore

/// A close that waits for the last octets to leave, for a limited time.
final class WaitingClose {
    private var context: ChannelHandlerContext?
    private var promise: EventLoopPromise<Void>?
    private var deadline: Scheduled<Void>?

    /// A close to come.
    init(context: ChannelHandlerContext, promise: EventLoopPromise<Void>?) {
        self.context = context
        self.promise = promise
    }

    /// Closes at the latest after this time.
    func close(in time: TimeAmount) {
        guard let context = self.context else { return }
        self.deadline = context.eventLoop.assumeIsolated().scheduleTask(in: time) { self.close() }
    }

    /// Closes now, unless that has happened.
    func close() {
        guard let context = self.take() else { return }
        context.close(promise: self.promise.take())
    }

    /// The channel is closed already.
    func finish() {
        _ = self.take()
        self.promise.take()?.succeed()
    }

    private func take() -> ChannelHandlerContext? {
        self.deadline?.cancel()
        self.deadline = nil
        return self.context.take()
    }
}
