#if canImport(Subprocess)
#if canImport(Darwin)
internal import Darwin
#elseif canImport(Musl)
internal import Musl
#else
internal import Glibc
#endif

/// What happens when a program stops to read what it is given.
enum BrokenPipes {
    private static let isIgnoring: Bool = {
        _ = signal(SIGPIPE, SIG_IGN)
        return true
    }()

    /// Makes it an error of the write from now on, not the end of this program.
    static func ignore() {
        _ = self.isIgnoring
    }
}
#endif
