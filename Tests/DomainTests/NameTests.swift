import Domain
import Testing

@Test(arguments: ["a", "flight-delay", "_x", "0", "v1.2", String(repeating: "a", count: 100)])
func `a name of letters, digits and a few signs is taken`(_ text: String) {
    #expect(ModelName(text)?.text == text)
    #expect(DatasetName(text) != nil && AliasName(text) != nil)
}

@Test(arguments: [
    "", ".", "..", ".hidden", "-rf", "a/b", "a b", "a\n", "é", "a\u{0}", "$(x)", "a;b", "a'b", "a\u{301}",
    String(repeating: "a", count: 101),
])
func `a name that could be a path, an option or an injection is refused`(_ text: String) {
    #expect(ModelName(text) == nil && DatasetName(text) == nil && AliasName(text) == nil)
    #expect(throws: DecodingError.self) {
        try Canonical.decode(ModelName.self, from: Canonical.text(of: text))
    }
}

@Test(arguments: [
    ("a", "a"), ("a/b", "a/b"), ("./a", "a"), ("a/./b/", "a/b"), ("a//b", "a/b"), ("a b/é", "a b/é"),
    (".gitignore", ".gitignore"), ("...", "..."), ("a..b", "a..b"), ("-rf", "-rf"),
])
func `a path below the tree is normalised`(_ text: String, _ normal: String) {
    #expect(TreePath(text)?.text == normal)
}

@Test(arguments: [
    "", ".", "./", "/", "/etc/passwd", "..", "../a", "a/../b", "a/..", ".git", ".git/config", "a/.GIT/hooks", "a\n",
    "a\u{0}b", "a\u{7F}", String(repeating: "a", count: 4097),
])
func `a path that leaves the tree, reaches into git or steers is refused`(_ text: String) {
    #expect(TreePath(text) == nil)
}

@Test func `a path contains itself and what lies below, not its neighbours`() throws {
    let data = try path("data")

    #expect(data.contains(data))
    #expect(data.contains(try path("data/a.csv")))
    #expect(!data.contains(try path("database")))
    #expect(!(try path("data/a.csv")).contains(data))
}

@Test(arguments: ["", "a\nb", "\u{1B}[31m", String(repeating: "é", count: 101)])
func `a stage or a person without a decent name is refused`(_ text: String) {
    #expect(StageName(text) == nil)
    #expect(PersonName(text) == nil)
}

@Test func `two stages never share a path component, and none leaves its folder`() throws {
    let names = ["a/b", "a:b", "a b", "..", "/", "A-b", String(repeating: "x", count: 199)].map { StageName($0) }
    let parts = names.compactMap { $0?.pathComponent }

    #expect(Set(parts).count == names.count)
    for part in parts {
        #expect(part.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != 0x2F && $0 != 0x2E } && part.utf8.count <= 80)
    }
}

@Test func `commits have 40 or 64 lower-case digits`() {
    #expect(CommitID(hex: String(repeating: "a", count: 40))?.short == "aaaaaaaaaa")
    #expect(CommitID(hex: String(repeating: "0", count: 64)) != nil)
    for text in [String(repeating: "A", count: 40), String(repeating: "g", count: 40), "abc", "", "-"] {
        #expect(CommitID(hex: text) == nil)
    }
}

@Test(arguments: [("12", 12), ("#12", 12), ("1", 1), ("9223372036854775807", Int64.max)])
func `a run is named by its number`(_ text: String, _ number: Int64) {
    #expect(RunID(text)?.number == number)
}

@Test(arguments: ["", "0", "-1", "#", "##1", "1.0", "9223372036854775808", "twelve", " 1"])
func `a run has no other name`(_ text: String) {
    #expect(RunID(text) == nil)
}

@Test func `digests and addresses are read strictly`() {
    let md5 = String(repeating: "0a", count: 16)

    #expect(Digest(hex: String(repeating: "0a", count: 32))?.short == "0a0a0a0a0a0a")
    #expect(Digest(hex: String(repeating: "0A", count: 32)) == nil && Digest(hex: md5) == nil)
    #expect(ObjectID(md5)?.isDirectory == false)
    #expect(ObjectID(md5 + ".dir")?.description == md5 + ".dir")
    for text in ["", ".dir", md5 + ".DIR", md5 + "0", "../" + md5, md5 + ".dir.dir"] { #expect(ObjectID(text) == nil) }
}

@Test(arguments: [
    ("metrc", ["metric", "model"], "metric"), ("acu", ["auc", "loss"], "auc"), ("METRIC", ["metric"], "metric"),
    ("gate", ["gates", "date"], "gates"), ("xyz", ["metric"], nil), ("", ["metric"], nil), ("a", [], nil),
    ("triger", ["triggers", "trigger"], "trigger"),
])
func `what was meant is found if it is near`(_ typed: String, _ words: [String], _ meant: String?) {
    #expect(Spelling.nearest(to: typed, in: words) == meant)
}

@Test func `a word of a megabyte is no trouble`() {
    #expect(Spelling.nearest(to: String(repeating: "m", count: 1_000_000), in: ["metric"]) == nil)
}

@Test func `a complaint names its place and what was meant`() {
    let full = Complaint(file: "sluice.yaml", line: 3, column: 5, message: "unknown key 'metrc'", advice: "fix it")

    #expect(full.description == "sluice.yaml:3:5: unknown key 'metrc'; fix it")
    #expect(Complaint(file: "a.yaml", message: "empty").description == "a.yaml: empty")
    #expect(Complaints([full, full]).fault.kind == .input)
}
