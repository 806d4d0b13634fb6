/// The first line of a sink that prints JSON.
struct SinkStart: Encodable {
    /// URL of the server; null where it does not start.
    let listening: OrNull<String>
    /// SHA-256 of the certificate's public key, in hexadecimal; null without TLS.
    let pin: OrNull<String>
    /// Why it does not start; null where it does.
    let error: OrNull<String>

    init(listening: String?, pin: String?, error: String?) {
        self.listening = OrNull(listening)
        self.pin = OrNull(pin)
        self.error = OrNull(error)
    }
}
