import Policies
import Testing

struct BadPolicyTests {
    @Test(arguments: badPolicies)
    func `every mistake is named with file, line, column and what to do`(policy: BadPolicy) {
        #expect(complaints(policy.text) == policy.complaints)
    }
}
