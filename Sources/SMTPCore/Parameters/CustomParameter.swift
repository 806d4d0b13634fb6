/// Parameter of an extension this library has no type for.
public struct CustomParameter: Sendable, Hashable {
    /// The parameter.
    public let parameter: ESMTPParameter
    /// Keyword by which a server offers the extension.
    public let offeredBy: ExtensionKeyword
    /// Whether the transaction fails before MAIL when the extension is not offered.
    public let isRequired: Bool

    /// Makes a parameter.
    ///
    /// - Parameters:
    ///   - parameter: Keyword and value.
    ///   - offeredBy: Keyword in the EHLO reply; the parameter's own when nil.
    ///   - isRequired: Whether to fail, rather than leave it out, when it is not offered.
    public init(_ parameter: ESMTPParameter, offeredBy: ExtensionKeyword? = nil, isRequired: Bool = true) {
        self.parameter = parameter
        self.offeredBy = offeredBy ?? ExtensionKeyword(parameter.keyword)
        self.isRequired = isRequired
    }

    func resolve(with extensions: ServerExtensions) throws(NegotiationError) -> ESMTPParameter? {
        let demand: Demand<ESMTPParameter> =
            self.isRequired ? .require(self.parameter) : .prefer(self.parameter)
        return try demand.resolve(offered: extensions.offers(self.offeredBy), extension: self.offeredBy)
    }
}
