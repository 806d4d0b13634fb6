import Synchronization

/// Content in the hands of a test: each chunk comes when the test gives it, and the end or an error likewise.
///
/// Unlike the streams of the standard library it wakes its reader where the reader runs, so that a session
/// has taken what was given once its event loop is idle. A cancelled reader is told of an end, as with those.
final class ContentSource: AsyncSequence, Sendable {
    typealias Element = [UInt8]

    /// What a source fails with.
    struct Fault: Error {}

    private enum Event {
        case chunk([UInt8])
        case end
        case failure
    }

    private struct State {
        var events: [Event] = []
        var reader: CheckedContinuation<Event, Never>?
    }

    private let state = Mutex(State())

    func give(_ text: String) {
        self.add(.chunk(Array(text.utf8)))
    }

    func end() {
        self.add(.end)
    }

    func fail() {
        self.add(.failure)
    }

    private func add(_ event: Event) {
        let reader = self.state.withLock { state in
            if state.reader == nil { state.events.append(event) }
            defer { state.reader = nil }
            return state.reader
        }
        reader?.resume(returning: event)
    }

    func makeAsyncIterator() -> AsyncIterator {
        AsyncIterator(source: self)
    }

    struct AsyncIterator: AsyncIteratorProtocol {
        fileprivate let source: ContentSource

        mutating func next() async throws -> [UInt8]? {
            try await self.next(isolation: nil)
        }

        mutating func next(isolation actor: isolated (any Actor)?) async throws(any Error) -> [UInt8]? {
            let source = self.source
            let event = await withTaskCancellationHandler {
                _ = actor
                return await withCheckedContinuation(isolation: actor) { continuation in
                    let event: Event? = source.state.withLock { state in
                        if let event = state.events.first {
                            state.events.removeFirst()
                            return event
                        }
                        if Task.isCancelled { return .end }
                        state.reader = continuation
                        return nil
                    }
                    if let event { continuation.resume(returning: event) }
                }
            } onCancel: {
                source.end()
            }
            switch event {
            case .chunk(let chunk): return chunk
            case .end: return nil
            case .failure: throw Fault()
            }
        }
    }
}
