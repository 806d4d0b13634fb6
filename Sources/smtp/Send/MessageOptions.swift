internal import ArgumentParser

/// What is sent: a message made of options, or one that is written already.
struct MessageOptions: ParsableArguments {
    @Option(
        parsing: .unconditionalSingleValue,
        help: ArgumentHelp(
            "Author, or authors with commas between them: Ann <ann@example.org>, bob@example.org.",
            discussion: "With --eml only the sender of the envelope, one address; <> is the null path.",
            valueName: "address"
        )
    )
    var from: [String] = []

    @Option(parsing: .unconditionalSingleValue, help: ArgumentHelp("Recipients.", valueName: "address"))
    var to: [String] = []

    @Option(
        parsing: .unconditionalSingleValue,
        help: ArgumentHelp("Further recipients.", valueName: "address")
    )
    var cc: [String] = []

    @Option(
        parsing: .unconditionalSingleValue,
        help: ArgumentHelp("Recipients nobody is told about.", valueName: "address")
    )
    var bcc: [String] = []

    @Option(parsing: .unconditional, help: ArgumentHelp("What it is about.", valueName: "text"))
    var subject: String?

    @Option(parsing: .unconditional, help: ArgumentHelp("Its text.", valueName: "text"))
    var text: String?

    @Option(
        help: ArgumentHelp("File with its text, in UTF-8; - is standard input.", valueName: "file"),
        completion: .file()
    )
    var textFile: String?

    @Option(
        help: ArgumentHelp(
            "File with the same as HTML, in UTF-8; - is standard input.",
            valueName: "file"
        ),
        completion: .file()
    )
    var htmlFile: String?

    @Option(help: ArgumentHelp("File to attach.", valueName: "file"), completion: .file())
    var attach: [String] = []

    @Option(
        parsing: .unconditionalSingleValue,
        help: ArgumentHelp("Another header field, as Name: value.", valueName: "field")
    )
    var header: [String] = []

    @Option(
        help: ArgumentHelp(
            "File with a message that is written already; - is standard input.",
            discussion: """
                Its octets go out unchanged, but that every line ends with CRLF and dots are stuffed. The envelope \
                is taken from its header: what --from gives replaces the sender, what --to, --cc and --bcc give \
                replaces the recipients. Where the recipients are the header's, its Bcc fields are left out.
                """,
            valueName: "file"
        ),
        completion: .file()
    )
    var eml: String?

    /// The options given that have no meaning beside --eml.
    var composingOptions: [String] {
        var given: [String] = []
        if self.subject != nil { given.append("--subject") }
        if self.text != nil { given.append("--text") }
        if self.textFile != nil { given.append("--text-file") }
        if self.htmlFile != nil { given.append("--html-file") }
        if !self.attach.isEmpty { given.append("--attach") }
        if !self.header.isEmpty { given.append("--header") }
        return given
    }
}
