internal import Foundation

/// What the operating system calls this host.
enum SystemName {
    /// The host's name, as untrusted as any other text.
    static var host: String { ProcessInfo.processInfo.hostName }
}
