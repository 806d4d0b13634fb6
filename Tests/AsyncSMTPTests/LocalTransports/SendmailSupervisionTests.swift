import Testing

@testable import AsyncSMTP

@Suite("Transports: what is known of a program that had to end", .timeLimit(.minutes(20)))
struct SendmailSupervisionTests {
    private static let limit = SendmailEnding.timedOut(.seconds(3))

    private static func error(_ supervision: SendmailSupervision) async throws -> SMTPError {
        let outcome = await supervision.outcome()
        return try #require(throws: SMTPError.self) { try outcome.get() }
    }

    @Test(
        "a program that had the whole message may have taken it; before it cannot",
        arguments: [false, true]
    )
    func killed(isComplete: Bool) {
        let supervision = SendmailSupervision { _ in true }
        supervision.begin(1)
        if isComplete { supervision.complete() }
        supervision.stop(Self.limit)
        #expect(supervision.isKilled)
        supervision.complete()
        #expect(supervision.isComplete == isComplete)
    }

    @Test("one that cannot be killed may take the message; the send ends at once", arguments: [false, true])
    func outOfReach(isComplete: Bool) async throws {
        let supervision = SendmailSupervision { _ in false }
        supervision.begin(1)
        if isComplete { supervision.complete() }
        supervision.stop(Self.limit)
        #expect(!supervision.isKilled)
        let error = try await Self.error(supervision)
        #expect(error.code == .timedOut)
        #expect(error.acceptance == .unknown)
        #expect(error.message == "the program took longer than 3.0 seconds; it could not be killed")
        supervision.complete()
        #expect(supervision.isComplete)
    }

    @Test("one that is to end before it begins is killed when it begins")
    func early() async throws {
        let supervision = SendmailSupervision {
            #expect($0 == 7)
            return false
        }
        supervision.stop(.cancelled)
        supervision.begin(7)
        #expect(try await Self.error(supervision).code == .cancelled)
    }

    @Test("the first reason counts, and none after the end")
    func first() async throws {
        let supervision = SendmailSupervision { _ in true }
        supervision.begin(1)
        supervision.stop(.cancelled)
        supervision.stop(Self.limit)
        guard case .cancelled = supervision.ending else {
            Issue.record("\(String(describing: supervision.ending))")
            return
        }
        let ended = SendmailSupervision { _ in
            Issue.record("a process that has ended was killed")
            return true
        }
        ended.begin(1)
        ended.finish(.success(5))
        ended.stop(.cancelled)
        #expect(ended.ending == nil)
        #expect(try await ended.outcome().get() == 5)
    }

    @Test("a group that is gone counts as killed")
    func gone() {
        // More than any process identifier can be.
        #expect(SendmailSupervision.killGroup(.max))
    }
}
