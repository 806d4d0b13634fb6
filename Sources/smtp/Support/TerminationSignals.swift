internal import Dispatch
internal import Foundation

/// SIGINT and SIGTERM, awaited instead of obeyed.
struct TerminationSignals {
    private let sources: [any DispatchSourceSignal]
    private let signals: AsyncStream<Void>

    /// Takes the signals from now on.
    init() async {
        let (signals, continuation) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingOldest(1))
        self.signals = signals
        var sources: [any DispatchSourceSignal] = []
        for number in [SIGINT, SIGTERM] {
            #if canImport(Darwin)
            // Dispatch sees signals there without taking them.
            signal(number, SIG_IGN)
            #endif
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler { continuation.yield() }
            await withCheckedContinuation { (isTaken: CheckedContinuation<Void, Never>) in
                source.setRegistrationHandler { isTaken.resume() }
                source.resume()
            }
            sources.append(source)
        }
        self.sources = sources
    }

    /// Waits for the first of them.
    func wait() async {
        for await _ in self.signals { break }
        for source in self.sources { source.cancel() }
    }
}
