import Testing

@testable import AsyncSMTP

@Suite("Pool: whatever happens, in whatever order")
struct PoolModelTests {
    @Test(
        "no limit is exceeded, no message is lost or given twice, and all comes to an end",
        arguments: 0..<20
    )
    func anything(part: UInt64) {
        var given = 0
        for seed in 0..<UInt64(100) {
            var model = PoolModel(seed: part * 100 + seed)
            model.run(events: 100)
            #expect(model.faults.isEmpty, "seed \(part * 100 + seed)")
            given += model.given
        }
        // The events reach what they are meant to.
        #expect(given > 1_000)
    }
}
