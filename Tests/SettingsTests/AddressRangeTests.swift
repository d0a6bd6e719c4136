import Testing

@testable import Settings

struct AddressRangeTests {
    @Test(arguments: [
        ("10.0.0.0/8", "10.255.0.1", true), ("10.0.0.0/8", "11.0.0.1", false), ("127.0.0.1", "127.0.0.1", true),
        ("127.0.0.1", "127.0.0.2", false), ("192.0.2.128/25", "192.0.2.129", true),
        ("192.0.2.128/25", "192.0.2.127", false), ("0.0.0.0/0", "203.0.113.9", true), ("::1", "::1", true),
        ("fd00::/8", "fdff::1", true), ("fd00::/8", "fe80::1", false), ("10.0.0.0/8", "::ffff:10.1.2.3", true),
        ("10.0.0.0/8", "fd00::1", false), ("10.0.0.0/8", "unknown", false), ("10.0.0.0/8", "", false),
    ])
    func `a network holds the addresses that begin as it does`(_ range: String, _ address: String, _ isIn: Bool) throws
    {
        #expect(try #require(AddressRange(range)).contains(address) == isIn)
    }

    @Test(arguments: [
        "", "10.0.0", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/", "::/129", "localhost", "10.0.0.1/8/8", "/8",
    ])
    func `what is no network is none`(_ text: String) {
        #expect(AddressRange(text) == nil)
    }
}
