internal import Dispatch
internal import Foundation

/// The signals by which people end a program; something is done before they do.
struct EndingSignals {
    private let sources: [any DispatchSourceSignal]

    /// Holds the signals up until ``release()``.
    ///
    /// - Parameter action: What is done before a signal ends the process.
    init(before action: @escaping @Sendable () -> Void) {
        self.sources = Self.numbers.map { number in
            // From here on the handler below ends the process.
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler {
                action()
                // As without the handler.
                signal(number, SIG_DFL)
                kill(getpid(), number)
            }
            source.activate()
            return source
        }
    }

    /// Lets the signals end the process by themselves again.
    func release() {
        for source in self.sources { source.cancel() }
        for number in Self.numbers { signal(number, SIG_DFL) }
    }

    private static let numbers = [SIGINT, SIGTERM, SIGHUP]
}
