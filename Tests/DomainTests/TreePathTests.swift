import Domain
import Testing

@Test func `two spellings of a name in Unicode are two paths`() throws {
    let composed = try #require(TreePath("caf\u{E9}.csv"))
    let decomposed = try #require(TreePath("cafe\u{301}.csv"))

    #expect(composed != decomposed)
    #expect(Set([composed, decomposed]).count == 2)
    #expect(decomposed < composed, "by bytes: 0x65 comes before 0xC3")
    #expect(!composed.contains(decomposed))
    #expect(try #require(TreePath("caf\u{E9}")).contains(try #require(TreePath("caf\u{E9}/x"))))
}

@Test func `a combining mark does not hide a slash`() throws {
    let mark = "\u{301}"
    #expect(TreePath("../\(mark)x") == nil)
    #expect(TreePath("a/\(mark)b/../\(mark)c") == nil)
    #expect(TreePath("/\(mark)etc") == nil)
    #expect(TreePath(".git/\(mark)x") == nil)
    #expect(TreePath("a/\(mark)b")?.components.count == 2)
    #expect(try #require(TreePath("data")).contains(try #require(TreePath("data/\(mark)x"))))
}
