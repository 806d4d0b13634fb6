import Foundation
import Testing

/// The example with a mechanism of its own, run as its reader runs it.
@Suite("Example: OwnMechanism")
struct OwnMechanismTests {
    @Test("S-I1 the example logs in, and its transcript does not tell the key")
    func example() throws {
        let process = Process()
        let output = Pipe()
        process.executableURL = try BuiltProgram.url("OwnMechanism")
        process.standardOutput = output
        try process.run()
        let printed = try #require(try output.fileHandleForReading.readToEnd())
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
        let text = String(decoding: printed, as: UTF8.self)
        #expect(text.contains("logged in: 235 2.7.0 welcome"))
        #expect(text.contains("C: [redacted"))
        let key = "a key that nobody sees"
        let response = Data("robot\0\(key)".utf8).base64EncodedString()
        for secret in [key, Data(key.utf8).base64EncodedString(), response] {
            #expect(!text.contains(secret))
        }
    }
}
