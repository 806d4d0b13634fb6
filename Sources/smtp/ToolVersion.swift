/// The version of the tool, and of the library it is built on.
enum ToolVersion {
    static let text = "0.1.0"
}
