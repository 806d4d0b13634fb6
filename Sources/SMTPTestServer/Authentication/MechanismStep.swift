/// What a mechanism says to a response.
enum MechanismStep: Sendable, Hashable {
    /// The client has to answer these octets.
    case challenge([UInt8])
    /// The client is who it says.
    case success
    /// It is not.
    case failure
    /// The response is not of the form that the mechanism asks for.
    case malformed
}
