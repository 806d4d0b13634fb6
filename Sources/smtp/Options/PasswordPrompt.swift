internal import AsyncSMTP
internal import Foundation

/// Asks for a password on the terminal, without showing what is typed.
enum PasswordPrompt {
    /// Reads a line from standard input with echo off.
    ///
    /// - Throws: ``ToolError`` with ``ExitStatus/badConfiguration`` where the input ends.
    static func read(_ prompt: String) throws -> Secret {
        let input = FileHandle.standardInput.fileDescriptor
        // Before the prompt, so that nothing shows that is typed as soon as it is there.
        let former = TerminalEcho.turnOff(input)
        if let former { Signals.shared.beforeEnding { TerminalEcho.restore(former, input) } }
        try? FileHandle.standardError.write(contentsOf: Data(prompt.utf8))
        defer {
            if let former { TerminalEcho.restore(former, input) }
            Signals.shared.beforeEnding(nil)
            Console.note("")
        }
        guard let line = readLine(strippingNewline: true), !line.isEmpty else {
            throw ToolError(.badConfiguration, "no password was typed")
        }
        return Secret(line)
    }
}
