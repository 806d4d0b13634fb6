#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#elseif canImport(Darwin)
internal import Darwin
#endif

/// Whether a terminal shows what is typed.
enum TerminalEcho {
    /// Turns the echo of a terminal off.
    ///
    /// - Returns: How it was set before; nil where that cannot be found out.
    static func turnOff(_ terminal: Int32) -> termios? {
        var settings = termios()
        // `settings` has the layout the C library was built for; it is read and written within the call.
        guard unsafe tcgetattr(terminal, &settings) == 0 else { return nil }
        let former = settings
        settings.c_lflag &= ~tcflag_t(ECHO)
        // As above.
        return unsafe tcsetattr(terminal, TCSAFLUSH, &settings) == 0 ? former : nil
    }

    /// Sets the terminal as it was before.
    static func restore(_ former: termios, _ terminal: Int32) {
        var settings = former
        // As above.
        _ = unsafe tcsetattr(terminal, TCSAFLUSH, &settings)
    }
}
