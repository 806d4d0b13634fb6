internal import Foundation
internal import Synchronization

/// Standard output and standard error, each written whole lines at a time.
enum Console {
    private static let lock = Mutex(())

    /// Writes a line to standard output, secrets left out.
    static func print(_ line: String = "") { Self.printUnchanged(Redaction.applied(to: line)) }

    /// Writes a line to standard output as it is.
    static func printUnchanged(_ line: String) { Self.write(Data((line + "\n").utf8), to: .standardOutput) }

    /// Writes a line to standard error, secrets left out.
    static func note(_ line: String) {
        Self.write(Data((Redaction.applied(to: line) + "\n").utf8), to: .standardError)
    }

    /// Writes octets to standard output.
    static func write(_ octets: some Sequence<UInt8>) { Self.write(Data(octets), to: .standardOutput) }

    /// Where a text goes.
    enum Stream {
        case output
        case errors

        /// Whether it is a terminal that shows colours.
        fileprivate var showsColours: Bool {
            switch self {
            case .output: Console.outputShowsColours
            case .errors: Console.showsColours
            }
        }
    }

    /// Whether standard error is a terminal that shows colours.
    static let showsColours = Self.showsColours(.standardError)

    private static let outputShowsColours = Self.showsColours(.standardOutput)

    private static func showsColours(_ file: FileHandle) -> Bool {
        isatty(file.fileDescriptor) == 1 && Environment.value("NO_COLOR") == nil
            && Environment.value("TERM") != "dumb"
    }

    /// Text in a colour, where colours are shown.
    static func coloured(_ text: String, _ colour: Colour, on stream: Stream = .errors) -> String {
        stream.showsColours ? "\u{1B}[\(colour.rawValue)m\(text)\u{1B}[0m" : text
    }

    /// Colours of a terminal.
    enum Colour: Int {
        case red = 31
        case green = 32
        case blue = 34
    }

    private static func write(_ data: Data, to file: FileHandle) {
        // Whoever read has gone; there is nobody left to tell.
        Self.lock.withLock { _ in try? file.write(contentsOf: data) }
    }
}
