// Media types that messages are commonly made of.

extension MediaType {
    /// `text/plain; charset=utf-8`.
    public static let plainText = MediaType(known: "text", "plain", utf8)
    /// `text/html; charset=utf-8`.
    public static let html = MediaType(known: "text", "html", utf8)
    /// `text/csv; charset=utf-8` (RFC 7111).
    public static let csv = MediaType(known: "text", "csv", utf8)
    /// `text/calendar; charset=utf-8`, without a method: a file, not an invitation (RFC 5545).
    public static let calendar = MediaType(known: "text", "calendar", utf8)
    /// `text/vcard; charset=utf-8` (RFC 6350).
    public static let vCard = MediaType(known: "text", "vcard", utf8)
    /// `application/octet-stream`: octets of which nothing is known (RFC 2046 §4.5.1).
    public static let octetStream = MediaType(known: "application", "octet-stream")
    /// `application/pdf`.
    public static let pdf = MediaType(known: "application", "pdf")
    /// `application/json`.
    public static let json = MediaType(known: "application", "json")
    /// `application/zip`.
    public static let zip = MediaType(known: "application", "zip")
    /// `image/png`.
    public static let png = MediaType(known: "image", "png")
    /// `image/jpeg`.
    public static let jpeg = MediaType(known: "image", "jpeg")
    /// `image/gif`.
    public static let gif = MediaType(known: "image", "gif")
    /// `image/svg+xml`.
    public static let svg = MediaType(known: "image", "svg+xml")
    /// `image/webp`.
    public static let webP = MediaType(known: "image", "webp")
    /// `message/rfc822`: a message (RFC 2046 §5.2.1).
    public static let messageRFC822 = MediaType(known: "message", "rfc822")
    /// `message/global`: a message with UTF-8 in its header (RFC 6532 §3.7).
    public static let messageGlobal = MediaType(known: "message", "global")

    private static let utf8 = [Parameter(known: "charset", "utf-8")]

    /// `text/calendar; charset=utf-8; method=…`: an invitation, an answer to one and the like (RFC 5546).
    ///
    /// - Parameter method: The same as METHOD within, such as `REQUEST`.
    /// - Throws: ``MessageError`` with ``MessageError/Reason/invalidParameter`` when it is no token.
    public static func calendar(method: String) throws(MessageError) -> MediaType {
        guard !method.utf8.isEmpty, method.utf8.allSatisfy(HeaderOctet.isToken) else {
            throw MessageError(.invalidParameter, field: "method", detail: method)
        }
        return calendar.setting(try Parameter("method", method))
    }
}
