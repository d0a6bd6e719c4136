import Testing

@Test func `no file is over 400 lines and no function over 80`() throws {
    for file in try Repository.sources.get() + Repository.swiftFiles(in: "Tests") {
        #expect(file.lines.count <= 400, "\(file) has \(file.lines.count) lines")
    }
    for file in try Repository.sources.get() {
        for function in functions(in: file.code) {
            #expect(function.length <= 80, "\(file):\(function.line) is a function of \(function.length) lines")
        }
    }
}

@Test(arguments: [
    #"\btry!"#, #"\bas!"#, #"\bfatalError\("#, #"\bTask\.detached\b"#, #"\bnonisolated\(unsafe\)"#,
    #"\bThread\.sleep\b"#, #"\bpublic\b"#,
])
func `what is forbidden is nowhere`(_ pattern: String) throws {
    let regex = try Regex(pattern)
    for file in try Repository.sources.get() {
        for (index, line) in file.code.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            #expect(!line.contains(regex), "\(file):\(index + 1) holds \(pattern)")
        }
    }
}

@Test func `unchecked sendability is only where C is met, under a comment`() throws {
    for file in try Repository.sources.get() {
        let code = file.code.split(separator: "\n", omittingEmptySubsequences: false)
        for (index, line) in code.enumerated() where line.contains("@unchecked Sendable") {
            #expect(["Executors", "Git"].contains(file.room), "\(file):\(index + 1)")
            let above = file.lines[..<index].last?.drop { $0 == " " } ?? ""
            #expect(above.hasPrefix("//"), "\(file):\(index + 1) says not why it holds")
        }
    }
}

@Test func `comments and literals are not code`() {
    let text = ##"""
        let a = "public // try!" // fatalError(
        /* as!
        */ let b = #"a "quoted" public"#
        let c = """
            public
            """
        let d = "\"public\""; public let e = 1
        """##

    #expect(codeOnly(text).split(separator: "\n", omittingEmptySubsequences: false).count == 7)
    #expect(codeOnly(text).matches(of: /public/).count == 1)
    #expect(codeOnly(text).matches(of: /try!|fatalError|as!/).isEmpty)
}

@Test func `a function reaches from its name to its closing brace`() {
    let text = """
        protocol P {
            func none()
            func nothing(a: () -> Void) -> Int
        }
        func one() {}
        func two(
            a: Int = [1].map { $0 }[0]
        ) throws -> Int {
            if a > 0 { return 1 }
            return 2
        }
        struct S {
            init?(x: Int) {
                self.init(y: x)
            }
        }
        """

    #expect(functions(in: codeOnly(text)).map(\.line) == [5, 6, 13])
    #expect(functions(in: codeOnly(text)).map(\.length) == [1, 6, 3])
}

@Test func `imports are read whatever stands before them`() {
    let file = SourceFile(
        path: "Sources/X/Y.swift",
        text:
            "import A\npackage import B\n@preconcurrency import C\nimport struct D.E\n// import F\nlet text = \"import G\""
    )

    #expect(file.imports == ["A", "B", "C", "D"])
    #expect(file.room == "X")
}
