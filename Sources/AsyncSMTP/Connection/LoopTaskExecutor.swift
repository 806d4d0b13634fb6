package import NIOCore

/// Runs tasks on an event loop wherever they are not bound to an actor.
///
/// A continuation resumes its task outside of any actor, so by default on some thread of the global pool, and
/// only from there the task comes back to its actor. A task that prefers this executor never leaves the loop,
/// and when the loop is idle the task waits for something.
package final class LoopTaskExecutor: TaskExecutor {
    private let eventLoop: any EventLoop

    package init(_ eventLoop: any EventLoop) {
        self.eventLoop = eventLoop
    }

    package func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        // The closure keeps this executor alive while the job runs; there is no safe form of the reference.
        self.eventLoop.execute { unsafe job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }
}
