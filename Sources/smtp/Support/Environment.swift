internal import Foundation

/// Variables of the environment.
enum Environment {
    /// The value of a variable; nil where it is not set or empty.
    static func value(_ name: String) -> String? {
        ProcessInfo.processInfo.environment[name].flatMap { $0.isEmpty ? nil : $0 }
    }
}
