internal import Foundation

/// Unicode's normalization form KC, from Foundation, which holds its tables.
enum CompatibilityForm {
    /// The text in that form.
    static func of(_ text: String) -> String {
        text.precomposedStringWithCompatibilityMapping
    }
}
