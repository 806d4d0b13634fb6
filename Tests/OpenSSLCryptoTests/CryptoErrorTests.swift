import COpenSSL
import OpenSSLCrypto
import Testing

struct CryptoErrorTests {
    private static func queueError() {
        // Nothing is made: the file does not exist, and OpenSSL queues that for this thread.
        #expect(unsafe BIO_new_file("/does/not/exist", "r") == nil)
    }

    @Test("an error has OpenSSL's reason and takes it out of the queue")
    func reason() {
        Self.queueError()
        #expect(CryptoError.takingQueue("it failed").description.hasPrefix("it failed: "))
        #expect(CryptoError.takingQueue("it failed").description == "it failed")
    }

    @Test("an error left in the queue is not blamed on a later call")
    func stale() throws {
        Self.queueError()
        _ = try Digest.sha256.hash([1])
        #expect(CryptoError.takingQueue("it failed").description == "it failed")
        Self.queueError()
        _ = try HMAC.code(of: [1], key: "key", digest: .sha256)
        #expect(CryptoError.takingQueue("it failed").description == "it failed")
        Self.queueError()
        _ = try SystemRandom.octets(1)
        #expect(CryptoError.takingQueue("it failed").description == "it failed")
    }
}
