internal import Dispatch
internal import Foundation
internal import Synchronization

/// The signals by which people end a program, taken over once and for the whole process: what they do changes, how they are
/// taken does not.
final class Signals: Sendable {
    /// The signals of this process, taken over when they are first asked for.
    static let shared = Signals()

    private static let numbers = [SIGINT, SIGTERM, SIGHUP]

    private let sources: Mutex<[any DispatchSourceSignal]>
    private let action = Mutex<(@Sendable () -> Void)?>(nil)
    private let waiter = Mutex<(@Sendable () -> Void)?>(nil)

    private init() {
        var sources: [any DispatchSourceSignal] = []
        for number in Self.numbers {
            #if canImport(Darwin)
            // Dispatch sees signals there without taking them.
            signal(number, SIG_IGN)
            #endif
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            let isTaken = DispatchSemaphore(value: 0)
            source.setEventHandler { Signals.shared.received(number) }
            source.setRegistrationHandler { isTaken.signal() }
            source.activate()
            // Before that a signal would end the process; it takes a moment.
            isTaken.wait()
            sources.append(source)
        }
        self.sources = Mutex(sources)
    }

    /// Does `action` before the process ends, by a signal or by ``end(_:)``; nil does nothing.
    func beforeEnding(_ action: (@Sendable () -> Void)?) {
        self.action.withLock { $0 = action }
    }

    /// Ends the process with a status, from wherever it hangs.
    func end(_ status: ExitStatus) -> Never {
        self.action.withLock { $0 }?()
        exit(status.rawValue)
    }

    /// Takes the signals from now on: they no longer end the process, the first is an element of the result.
    func taken() -> AsyncStream<Void> {
        let (signals, continuation) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingOldest(1))
        self.waiter.withLock { $0 = { continuation.yield() } }
        return signals
    }

    private func received(_ number: Int32) {
        if let waiter = self.waiter.withLock({ $0 }) {
            waiter()
            return
        }
        self.action.withLock { $0 }?()
        // As without the handler.
        signal(number, SIG_DFL)
        kill(getpid(), number)
    }
}
