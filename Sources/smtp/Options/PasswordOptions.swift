internal import ArgumentParser

/// Where a password comes from: the same for those who log in and for the sink they log in to.
struct PasswordOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "File whose first line is the password; without it SMTP_PASSWORD, or a prompt on a terminal.",
            valueName: "file"
        ),
        completion: .file()
    )
    var passwordFile: String?
}
