import OpenSSLCrypto
import Testing

struct ConstantTimeTests {
    @Test(
        "equal are arrays of the same octets and no others",
        arguments: [
            ([UInt8](), [UInt8](), true), ([1, 2], [1, 2], true), ([1, 2], [1, 3], false),
            ([0, 2], [1, 2], false),
            ([1], [1, 2], false), ([], [0], false),
        ]
    )
    func equality(first: [UInt8], second: [UInt8], expected: Bool) {
        #expect(ConstantTime.areEqual(first, second) == expected)
    }
}
