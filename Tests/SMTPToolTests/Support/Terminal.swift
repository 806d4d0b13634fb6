import Foundation
import Testing

/// A run of the tool on a pseudo terminal.
struct Terminal: Decodable {
    /// What the terminal showed.
    let shown: String
    /// Exit status, or minus the number of the signal that ended it.
    let status: Int32
    /// Whether the terminal showed what is typed while the tool waited for it; nil where it never did.
    let echoedInput: Bool?
    /// Whether it does afterwards.
    let echoesAfterwards: Bool

    private static let script = """
        import fcntl, json, os, pty, select, signal, sys, termios
        tool, typed, mark, arguments = sys.argv[1], sys.argv[2].encode(), sys.argv[3].encode(), sys.argv[4:]
        # This side keeps the terminal open, so that it can be asked after the tool has ended.
        terminal, side = pty.openpty()
        pid = os.fork()
        if pid == 0:
            os.setsid()
            fcntl.ioctl(side, termios.TIOCSCTTY, 0)
            for number in range(3):
                os.dup2(side, number)
            os.execv(tool, [tool] + arguments)
        def echoes():
            return bool(termios.tcgetattr(terminal)[3] & termios.ECHO)
        shown, echoed = b"", None
        while True:
            ready, _, _ = select.select([terminal], [], [], 0.05)
            if ready:
                shown += os.read(terminal, 65536)
            elif os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT):
                break
            if mark and mark in shown:
                mark = b""
                os.kill(pid, signal.SIGTERM)
            if echoed is None and b"Password for" in shown:
                echoed = echoes()
                os.write(terminal, typed)
        _, status = os.waitpid(pid, 0)
        print(json.dumps({
            "shown": shown.decode(),
            "status": os.waitstatus_to_exitcode(status),
            "echoedInput": echoed,
            "echoesAfterwards": echoes(),
        }))
        """

    /// Runs the tool to its end.
    ///
    /// - Parameters:
    ///   - typed: What is typed when a password is asked for.
    ///   - mark: What must be shown for the tool to get SIGTERM; it gets none where this is empty.
    static func run(
        _ arguments: [String],
        typed: String = "",
        endedAt mark: String = "",
        environment: [String: String] = [:]
    ) async throws -> Terminal {
        let variables = ["TERM": "xterm"].merging(environment) { $1 }
        let report = try await Python.run(Self.script, [typed, mark] + arguments, environment: variables)
        return try JSONDecoder().decode(Terminal.self, from: Data(report.utf8))
    }
}
