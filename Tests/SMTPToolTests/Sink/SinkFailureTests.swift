import AsyncSMTP
import Foundation
import Testing

@Suite("smtp sink: what it cannot do", .timeLimit(.minutes(5)))
struct SinkFailureTests {
    @Test("two sinks on one port or path: 69, and the first goes on", arguments: [true, false])
    func inUse(isUnix: Bool) async throws {
        try await SinkDirectory.with { directory in
            let path = directory.appending(path: "s").path()
            let first = try await RunningSink.start(isUnix ? ["--unix-socket", path] : [])
            let place = isUnix ? ["--unix-socket", path] : ["--port", "\(try first.port)"]
            let second = try await Tool.run(["sink"] + place)
            #expect(second.status == 69)
            #expect(second.output.isEmpty)
            #expect(second.errors.contains("in use"))
            #expect(second.errors.contains(isUnix ? "remove the file" : "use another --port"))
            let third = try await Tool.run(["sink", "--json"] + place)
            #expect(third.status == 69)
            let report = try third.json()
            #expect(Set(report.keys) == ["listening", "pin", "error"])
            #expect((report["error"] as? String)?.contains("in use") == true)
            try await first.deliver()
            #expect(try await first.stop().status == 0)
        }
    }

    @Test(
        "an address of another machine, or a name that nobody has: 69",
        arguments: ["192.0.2.1", "no.invalid"]
    )
    func host(host: String) async throws {
        let run = try await Tool.run(["sink", "--port", "0", "--host", host])
        #expect(run.status == 69)
        #expect(run.errors.contains("cannot listen on \(host)"))
    }

    @Test(
        "options that make no sense: 64",
        arguments: [
            ["--port", "65536"], ["--port", "-1"], ["--port", "x"], ["--tls-certificate", "c"],
            ["--tls-key", "k"],
            ["--unix-socket", "/s", "--port", "1"], ["--unix-socket", "/s", "--host", "::1"],
            ["--unix-socket", "/s", "--tls"], ["--unix-socket", "/s", "--implicit-tls"], ["--write-ca", "f"],
            ["--write-ca", "f", "--tls-certificate", "c", "--tls-key", "k"], ["--password-file", "f"],
            ["extra"],
        ]
    )
    func usage(arguments: [String]) async throws {
        let run = try await Tool.run(["sink"] + arguments)
        #expect(run.status == 64)
        #expect(run.output.isEmpty)
        #expect(!run.errors.isEmpty)
    }
}
