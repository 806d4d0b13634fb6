/// The words before a `<`, a `:` or an `@`.
struct AddressPhrase {
    /// The words as they are meant.
    var name = ""

    var hasWords = false

    /// Where the first dot stands, if any.
    var firstDot: Int?

    var startsWithDot = false
}
