import OpenSSLCrypto
import Testing

@Suite(.timeLimit(.minutes(5)))
struct SingleWaitTests {
    @Test("a value that came before is there; the first one counts")
    func early() async throws {
        let wait = SingleWait<Int>()
        #expect(!wait.isOver)
        wait.end(.success(1))
        wait.end(.success(2))
        #expect(wait.isOver)
        #expect(try await wait.value() == 1)
    }

    @Test("cancelling ends the wait, and a value that comes later changes nothing")
    func cancelled() async throws {
        let wait = SingleWait<Int>()
        let task = Task { try await wait.value() }
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        wait.end(.success(1))
    }
}
