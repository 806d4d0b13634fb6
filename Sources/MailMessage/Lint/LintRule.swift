/// A rule that ``MessageLinter`` looks after.
///
/// An open set: a later release may add rules.
public struct LintRule: Sendable, Hashable, CustomStringConvertible {
    /// A short English phrase, fit for a log.
    public let description: String

    private init(_ description: String) {
        self.description = description
    }
}

// Lines and octets.
extension LintRule {
    /// No line is longer than 998 octets (RFC 5322 §2.1.1).
    public static let lineTooLong = LintRule("line longer than 998 octets")
    /// Lines of the header should not be longer than 78 octets (RFC 5322 §2.1.1).
    public static let longHeaderLine = LintRule("header line longer than 78 octets")
    /// CR stands before LF only (RFC 5321 §2.3.8).
    public static let bareCR = LintRule("CR without LF")
    /// LF stands behind CR only (RFC 5321 §2.3.8).
    public static let bareLF = LintRule("LF without CR")
    /// No octet is zero (RFC 5321 §4.5.2, RFC 2045 §2.8).
    public static let nulOctet = LintRule("NUL")
    /// A header in UTF-8 needs SMTPUTF8 (RFC 6532).
    public static let eightBitHeader = LintRule("8-bit octets in the header without SMTPUTF8")
    /// A body in 8 bits needs 8BITMIME (RFC 6152).
    public static let eightBitBody = LintRule("8-bit octets on a 7-bit way")
    /// Content-Transfer-Encoding says what the body is (RFC 2045 §6.2).
    public static let falseTransferEncoding = LintRule("8-bit octets labelled as 7bit")
    /// The message is not larger than the server takes (RFC 1870).
    public static let messageTooLarge = LintRule("message too large")
}

// The fields as such.
extension LintRule {
    /// Every line of the header is a field or continues one (RFC 5322 §2.2).
    public static let notAField = LintRule("header line that is no field")
    /// A line that continues a field has more than white space (RFC 5322 §3.2.2).
    public static let blankFoldedLine = LintRule("folded line of white space alone")
    /// A message has Date and From (RFC 5322 §3.6).
    public static let missingField = LintRule("missing header field")
    /// A message should have Message-ID, Subject and recipients (RFC 5322 §3.6, §3.6.4).
    public static let recommendedField = LintRule("missing header field that a message should have")
    /// Some fields stand in a message once (RFC 5322 §3.6, RFC 2045, RFC 2369, RFC 2919, RFC 8058, RFC 8689 §5).
    public static let duplicateField = LintRule("duplicate header field")
    /// A header of more than 1 MiB, or of more than 10 000 fields, is not looked at.
    public static let headerTooLarge = LintRule("header too large to be checked")
    /// Bcc is removed when the message is sent.
    public static let blindCopyField = LintRule("Bcc in the header")
    /// Whoever gets an attached message reads its Bcc (RFC 5322 §3.6.3).
    public static let attachedBlindCopyField = LintRule("Bcc in an attached message")
    /// Return-Path is written by the last server alone (RFC 5321 §4.4).
    public static let returnPathField = LintRule("Return-Path in a message to be sent")
}

// The values of fields.
extension LintRule {
    /// Fields of addresses follow the grammar, its obsolete forms left out (RFC 5322 §3.4).
    public static let invalidAddress = LintRule("invalid addresses")
    /// Several authors need a Sender (RFC 5322 §3.6.2).
    public static let missingSender = LintRule("several authors without Sender")
    /// Date is a date (RFC 5322 §3.3).
    public static let invalidDate = LintRule("invalid date")
    /// Encoded-words stand neither within quotes nor in an address (RFC 2047 §5).
    public static let misplacedEncodedWord = LintRule("encoded-word where it is not decoded")
    /// The domain of From is one that signs by DKIM, or close to it (RFC 7489 §3.1.1).
    public static let notAligned = LintRule("From not aligned with a DKIM domain")
    /// Content-Type counts only with MIME-Version (RFC 2045 §4).
    public static let missingMIMEVersion = LintRule("Content-Type without MIME-Version")
    /// A multipart type has a boundary (RFC 2046 §5.1.1).
    public static let missingBoundary = LintRule("multipart without boundary")
    /// The boundary of a multipart type stands in the body (RFC 2046 §5.1.1).
    public static let unusedBoundary = LintRule("boundary that never appears")
    /// The method of an invitation is that of its text (RFC 6047 §2.4).
    public static let invitationMethodDiffers = LintRule("invitation of another method than its text")
    /// List-Unsubscribe-Post needs an HTTPS URI in List-Unsubscribe (RFC 8058 §3.1).
    public static let oneClickWithoutHTTPS = LintRule("List-Unsubscribe-Post without an HTTPS URI")
    /// A list that can be left by HTTPS should allow it with one click (RFC 8058).
    public static let noOneClick = LintRule("List-Unsubscribe without List-Unsubscribe-Post")
}

// The check itself.
extension LintRule {
    /// The message can be rendered.
    public static let notRenderable = LintRule("message cannot be written")
    /// There is more than is listed.
    public static let moreFindings = LintRule("more findings than are listed")
}
