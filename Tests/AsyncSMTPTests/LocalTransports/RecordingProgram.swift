import AsyncSMTP
import Foundation

/// A small program in the place of sendmail: it writes down its arguments and its input.
struct RecordingProgram {
    private let directory: URL

    /// Makes a program in a directory.
    ///
    /// - Parameter script: What it does; the shell's `$dir` is the directory.
    init(in directory: URL, _ script: String = "cat > \"$dir/stdin\"; touch \"$dir/done\"") throws {
        self.directory = directory
        let text = "dir='\(directory.path())'\nprintf '%s\\0' \"$@\" > \"$dir/argv\"\n\(script)\n"
        try text.write(to: self.script, atomically: true, encoding: .utf8)
    }

    private var script: URL { self.directory.appending(path: "program") }

    /// The transport that runs it.
    func transport(
        defaults: MessageDefaults = MessageDefaults(),
        timeLimit: Duration? = .seconds(300)
    ) -> SendmailTransport {
        // The shell is the program; who writes a file and executes it at once may find it busy.
        SendmailTransport(
            path: "/bin/sh",
            arguments: [self.script.path(), "-i"],
            defaults: defaults,
            timeLimit: timeLimit
        )
    }

    /// Whether it was started.
    var wasStarted: Bool {
        FileManager.default.fileExists(atPath: self.directory.appending(path: "argv").path())
    }

    /// Whether it came to its end.
    var isDone: Bool { FileManager.default.fileExists(atPath: self.directory.appending(path: "done").path()) }

    func arguments() throws -> [String] {
        let octets = try Data(contentsOf: self.directory.appending(path: "argv"))
        return octets.split(separator: 0, omittingEmptySubsequences: false).dropLast().map {
            String(decoding: $0, as: UTF8.self)
        }
    }

    func input() throws -> [UInt8] {
        Array(try Data(contentsOf: self.directory.appending(path: "stdin")))
    }
}
