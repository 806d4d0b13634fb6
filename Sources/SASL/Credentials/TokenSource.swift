internal import NIOConcurrencyHelpers
public import OpenSSLCrypto

/// Where OAuth 2.0 tokens come from: a closure of the caller, asked only when needed.
///
/// ```swift
/// let source = TokenSource { try await identityProvider.accessToken() }
/// let credentials = Credentials.token(username: "ann@example.org", source: source)
/// ```
///
/// A token is kept and shown by every connection that uses the source, until a server refuses it; then the
/// closure is asked once more, whatever the number of connections that were refused. The closure runs at most
/// once at a time, apart from the tasks that wait for it, and is cancelled when the last of them is.
public final class TokenSource: Sendable {
    private struct Fetch {
        let number: Int
        let task: Task<Void, Never>
        var waiters: [SingleWait<Secret>]
    }

    private struct State {
        var current: Secret?
        /// Tokens for which a new one was fetched already.
        var refused: [Secret] = []
        var fetch: Fetch?
        var fetches = 0
    }

    private enum Answer {
        case token(Secret)
        case wait(SingleWait<Secret>)
        case none
    }

    /// Refused tokens remembered; more than one only where connections lag behind.
    private static let maximumRefused = 8

    private let provider: @Sendable () async throws -> Secret
    private let state = NIOLockedValueBox(State())

    /// Makes a source that asks `provider`.
    ///
    /// - Parameter provider: Gives a valid access token, a new one when asked again; what it throws ends the
    ///   login that waits for it.
    public init(_ provider: @escaping @Sendable () async throws -> Secret) {
        self.provider = provider
    }

    /// Makes a source of one token, which nothing replaces.
    public convenience init(fixed token: Secret) {
        self.init { token }
    }

    /// The token kept, or a new one.
    ///
    /// - Throws: What the provider throws; `CancellationError` as soon as the task is cancelled.
    package func token() async throws -> Secret {
        guard let token = try await self.value(insteadOf: nil) else { throw CancellationError() }
        return token
    }

    /// A token in place of one that a server refused; nil when there is no other.
    ///
    /// For each refused token the provider is asked once. A caller who comes with a token that was replaced
    /// already gets the new one.
    ///
    /// - Throws: What the provider throws; `CancellationError` as soon as the task is cancelled.
    package func refresh(rejected: Secret) async throws -> Secret? {
        let token = try await self.value(insteadOf: rejected)
        return token == rejected ? nil : token
    }

    /// The token kept, or else the one of the fetch that runs or begins; nil when none is to begin.
    private func value(insteadOf rejected: Secret?) async throws -> Secret? {
        try Task.checkCancellation()
        let answer = self.state.withLockedValue { state in
            // However this ends, a login that begins later asks the provider again.
            if state.current == rejected { state.current = nil }
            if let current = state.current { return Answer.token(current) }
            if state.fetch == nil {
                if let rejected {
                    if state.refused.contains(rejected) { return Answer.none }
                    state.refused.append(rejected)
                    if state.refused.count > Self.maximumRefused { state.refused.removeFirst() }
                }
                state.fetches += 1
                state.fetch = Fetch(number: state.fetches, task: self.start(state.fetches), waiters: [])
            }
            let wait = SingleWait<Secret>()
            state.fetch?.waiters.append(wait)
            return Answer.wait(wait)
        }
        switch answer {
        case .token(let token): return token
        case .none: return nil
        case .wait(let wait):
            do {
                return try await wait.value()
            } catch {
                self.leave(wait)
                throw error
            }
        }
    }

    private func start(_ number: Int) -> Task<Void, Never> {
        Task {
            do {
                self.finish(number, .success(try await self.provider()))
            } catch {
                self.finish(number, .failure(error))
            }
        }
    }

    private func finish(_ number: Int, _ result: Result<Secret, any Error>) {
        let waiters = self.state.withLockedValue { state -> [SingleWait<Secret>] in
            // One that was given up while it ran has no say.
            guard let fetch = state.fetch, fetch.number == number else { return [] }
            state.fetch = nil
            state.current = try? result.get()
            return fetch.waiters
        }
        for waiter in waiters { waiter.end(result) }
    }

    /// Takes a cancelled waiter out; the last one takes the fetch along.
    private func leave(_ wait: SingleWait<Secret>) {
        let idle = self.state.withLockedValue { state -> Task<Void, Never>? in
            guard let fetch = state.fetch, fetch.waiters.contains(where: { $0 === wait }) else { return nil }
            state.fetch?.waiters.removeAll { $0 === wait }
            guard state.fetch?.waiters.isEmpty == true else { return nil }
            state.fetch = nil
            return fetch.task
        }
        idle?.cancel()
    }
}

extension TokenSource: Hashable {
    /// Whether both are one object.
    public static func == (first: TokenSource, second: TokenSource) -> Bool {
        first === second
    }

    /// Adds the identity of the object.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(ObjectIdentifier(self))
    }
}

extension TokenSource: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The name of the type.
    public var description: String { "TokenSource" }
    /// The same as ``description``.
    public var debugDescription: String { self.description }
    /// Shows nothing.
    public var customMirror: Mirror { Mirror(self, children: EmptyCollection<Mirror.Child>()) }
}
