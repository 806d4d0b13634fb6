internal import MailAddress

/// Who signs, with which key, and what: everything about a DKIM signature that does not depend on the message
/// (RFC 6376).
///
/// ```swift
/// let key = try DKIMKey(contentsOfFile: "/etc/mail/dkim.pem")
/// let signer = try DKIMSigner(domain: "example.org", selector: "s2026", key: key)
/// ```
///
/// A signature covers the whole body: there is no `l=`, which would let others append to it, and no `z=`.
public struct DKIMSigner: Sendable, Hashable {
    /// Signing domain (`d=`), in A-labels.
    ///
    /// RFC 8616 allows U-labels in signatures of internationalized messages; A-labels are right in all.
    public let domain: String

    /// Selector (`s=`): the key record is at `<selector>._domainkey.<domain>`.
    public let selector: String

    /// Key that signs.
    public let key: DKIMKey

    /// Identity of the user or agent (`i=`), or nil; its domain in A-labels.
    public let identity: String?

    /// How the header may change on its way.
    public let headerCanonicalization: DKIMCanonicalization

    /// How the body may change on its way.
    public let bodyCanonicalization: DKIMCanonicalization

    /// Names of the fields that are signed where the message has them, each as often as it is there.
    public let signedFields: [String]

    /// Names of the fields that are listed once more than they are there, so that nobody can add another one.
    public let oversignedFields: [String]

    /// Time after signing at which the signature ends (`x=`), or nil for one that does not.
    public let validity: Duration?

    /// Tag value of ``identity``.
    let identityTag: String?

    /// Puts together a signer.
    ///
    /// - Parameters:
    ///   - domain: Domain name, in U-labels or A-labels.
    ///   - selector: One label or several with dots between them.
    ///   - identity: `local-part@domain`, or `@domain` alone; the domain must be the signing domain or below it.
    ///   - signedFields: Field names. From is signed whether it is listed or not.
    ///   - oversignedFields: Field names; they are signed, too.
    ///   - validity: At least a second; fractions of a second are left out.
    /// - Throws: ``DKIMError`` for what does not fit, and for fields that must not be signed since they change
    ///   on the way or are not sent: Return-Path, Received, Bcc, Resent-Bcc, DKIM-Signature, Comments, Keywords.
    public init(
        domain: String,
        selector: String,
        key: DKIMKey,
        identity: String? = nil,
        headerCanonicalization: DKIMCanonicalization = .relaxed,
        bodyCanonicalization: DKIMCanonicalization = .relaxed,
        signedFields: [String] = DKIMSigner.defaultSignedFields,
        oversignedFields: [String] = DKIMSigner.defaultOversignedFields,
        validity: Duration? = nil
    ) throws(DKIMError) {
        let signingDomain = try Self.name(domain, .invalidDomain)
        self.domain = signingDomain
        self.selector = try Self.name(selector, .invalidSelector)
        guard self.selector.utf8.count + Self.keyRecordLabel.utf8.count + self.domain.utf8.count <= 253 else {
            throw DKIMError(.invalidSelector, "the name of the key record has more than 253 octets")
        }
        self.key = key
        let agent = try identity.map { (text) throws(DKIMError) in
            try SigningIdentity(text, within: signingDomain)
        }
        self.identity = agent?.text
        self.identityTag = agent?.tagValue
        self.headerCanonicalization = headerCanonicalization
        self.bodyCanonicalization = bodyCanonicalization
        self.signedFields = try Self.fieldNames(["From"] + signedFields)
        self.oversignedFields = try Self.fieldNames(oversignedFields)
        if let validity, !(1...SignatureTags.maximumTime).contains(validity.components.seconds) {
            throw DKIMError(.invalidTime, "a validity of \(validity)")
        }
        self.validity = validity
    }

    private static let keyRecordLabel = "._domainkey."

    private static func name(_ text: String, _ reason: DKIMError.Reason) throws(DKIMError) -> String {
        let name: MailDomain
        do throws(AddressError) {
            name = try MailDomain(text)
        } catch {
            throw DKIMError(reason, error.description)
        }
        guard !name.isLiteral else { throw DKIMError(reason, "an address literal") }
        return name.ascii
    }
}
