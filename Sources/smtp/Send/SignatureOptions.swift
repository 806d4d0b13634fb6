internal import ArgumentParser
internal import AsyncSMTP

/// Who signs the message by DKIM.
struct SignatureOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Domain that signs.", valueName: "domain"))
    var dkimDomain: String?

    @Option(help: ArgumentHelp("Selector of the key in that domain.", valueName: "selector"))
    var dkimSelector: String?

    @Option(
        help: ArgumentHelp("File with the private key, in PEM or DER.", valueName: "file"),
        completion: .file()
    )
    var dkimKey: String?

    /// The signer; nil where none of the options is given.
    ///
    /// - Throws: ``ToolError`` with ``ExitStatus/usage``, or with ``ExitStatus/badConfiguration`` for a key that
    ///   cannot be used.
    func signer() throws(ToolError) -> DKIMSigner? {
        if self.dkimDomain == nil && self.dkimSelector == nil && self.dkimKey == nil { return nil }
        guard let dkimDomain, let dkimSelector, let dkimKey else {
            throw ToolError(.usage, "--dkim-domain, --dkim-selector and --dkim-key need each other")
        }
        let key: DKIMKey
        do throws(DKIMError) {
            key = try DKIMKey(contentsOfFile: dkimKey)
        } catch {
            throw ToolError(.badConfiguration, "the key \(dkimKey) cannot be used: \(error)")
        }
        do throws(DKIMError) {
            return try DKIMSigner(domain: dkimDomain, selector: dkimSelector, key: key)
        } catch {
            throw ToolError(.usage, "--dkim-domain, --dkim-selector: \(error)")
        }
    }
}
