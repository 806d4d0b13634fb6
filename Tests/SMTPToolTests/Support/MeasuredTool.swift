import Foundation
import Testing

/// The built tool, run so that its peak memory is known.
enum MeasuredTool {
    /// What a run took.
    struct Run: Sendable {
        let status: Int32
        /// Peak resident memory in KiB.
        let peak: Int
        let errors: String
    }

    /// Feeds standard input from a pipe and asks the kernel, when the child has ended, for its peak (wait4).
    private static let script = """
        import os, subprocess, sys
        count, errors, command = int(sys.argv[1]), sys.argv[2], sys.argv[3:]
        with open(errors, "wb") as file:
            child = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=file, stderr=file)
        try:
            child.stdin.write(b"From: ann@example.org\\r\\nTo: bob@example.net\\r\\n\\r\\n")
            line = b"x" * 76 + b"\\r\\n"
            block = line * 1000
            while count > 0:
                child.stdin.write(block[:count])
                count -= len(block)
            child.stdin.close()
        except BrokenPipeError:
            pass
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = 0
        print(os.waitstatus_to_exitcode(status), usage.ru_maxrss)
        """

    /// Runs the tool with so many octets of body on standard input.
    @concurrent
    static func run(_ arguments: [String], bodyLength: Int) async throws -> Run {
        try await Sending.withDirectory { directory in
            let errors = directory.appending(path: "errors").path()
            let (process, output) = (Process(), Pipe())
            process.executableURL = URL(filePath: "/usr/bin/env")
            process.arguments =
                ["python3", "-c", Self.script, "\(bodyLength)", errors, try Tool.url().path()] + arguments
            process.standardOutput = output
            _ = try await withCheckedThrowingContinuation { continuation in
                process.terminationHandler = { continuation.resume(returning: $0.terminationStatus) }
                do { try process.run() } catch { continuation.resume(throwing: error) }
            }
            // Two numbers, which the pipe has room for.
            let text = try output.fileHandleForReading.readToEnd() ?? Data()
            let numbers = String(decoding: text, as: UTF8.self).split(separator: " ")
            let last = try #require(numbers.last?.prefix { $0.isNumber })
            return Run(
                status: try #require(numbers.first.flatMap { Int32($0) }),
                peak: try #require(Int(last)),
                errors: String(decoding: try Data(contentsOf: URL(filePath: errors)), as: UTF8.self)
            )
        }
    }
}
