import NIOOpenSSL
import Testing

struct OpenSSLVersionTests {
    @Test("OpenSSL 3 is what the program runs with")
    func version() {
        #expect(OpenSSLVersion.text.hasPrefix("OpenSSL 3."))
    }
}
