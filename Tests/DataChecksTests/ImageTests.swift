import DataChecks
import Domain
import Foundation
import Host
import SystemPackage
import TestSupport
import Testing

/// Folders of images: what is read, what is refused, and whose fault it is.
@Suite(.timeLimit(.minutes(15)))
struct ImageTests {
    @Test func `an image must decode to its end, whatever its format`() async throws {
        try await ImageFixture.use { fixture in
            try await fixture.make(
                """
                for ending in "jpg png gif webp bmp tif".split():
                    data = taken(f"whole/a.{ending}")
                    put(f"half/b.{ending}", data[:len(data) // 2])
                    put(f"head/c.{ending}", data[:8])
                frames = [base.rotate(i) for i in range(6)]
                for ending in "gif webp tif png".split():
                    data = taken(f"whole/film.{ending}", frames[0], save_all=True, append_images=frames[1:])
                    put(f"half/film.{ending}", data[:len(data) * 7 // 10])
                taken("whole/cmyk.JPEG", Image.new("CMYK", (9, 9)))
                taken("whole/deep.tiff", Image.new("I;16", (9, 9)))
                data = taken("whole/named.png", Image.new("RGBA", (9, 9)))
                put("whole/a-png.jpg", data)
                put("broken/sum.png", data[:-20] + bytes([data[-20] ^ 1]) + data[-19:])
                """)
            let outcome = try await fixture.run()
            #expect(outcome.rows == 31)
            let named = outcome.findings.map(\.message)
            #expect(outcome.findings.allSatisfy { $0.check == "file-format" })
            var count: Int64 = 0
            for finding in outcome.findings { count += finding.count }
            #expect(count == 17, "\(named)")
            #expect(!named.contains { $0.contains("whole/") }, "\(named)")
            let cut = named.first { $0.contains("end in the middle") } ?? ""
            for ending in ["jpg", "png", "gif", "bmp", "tif"] {
                let file = "'half/b.\(ending)'"
                #expect(cut.contains(file), "\(named)")
            }
            let broken = named.first { $0.contains("cannot be decoded") } ?? ""
            #expect(broken.contains("sum.png"), "\(named)")
        }
    }

    @Test func `a bomb is refused by its header, and text is no image`() async throws {
        try await ImageFixture.use { fixture in
            try await fixture.make(
                """
                put("a/bomb.png", png(50_000, 50_000, zlib.compress(bytes(1000))))
                packer = zlib.compressobj(9)
                put("a/film.gif", b"GIF89a" + struct.pack("<HHBBB", 65535, 65535, 0, 0, 0) + bytes(100))
                put("a/liar.png", png(10, 10, packer.compress(bytes(50_000_000)) + packer.flush()))
                put("a/text.png", b"hello, this is text\\n" * 10)
                put("a/empty.jpg", b"")
                put("a/readme.txt", b"hello")
                put("a/wild.tif", b"II*\\0" + b"\\xff" * 200)
                put("a/.DS_Store", b"junk")
                """)
            let outcome = try await fixture.run()
            let all = outcome.findings.map { "\($0.check) \($0.value ?? "-") \($0.message)" }
            func finds(_ words: String...) -> Bool {
                all.contains { line in words.allSatisfy { line.contains($0) } }
            }
            #expect(finds("image-size 50000x50000", "'a/bomb.png' has more pixels than are decoded"), "\(all)")
            #expect(finds("file-format", "no image", "text.png"), "\(all)")
            #expect(finds("file-format", "wild.tif"), "\(all)")
            #expect(finds("file-empty", "'a/empty.jpg' is empty"), "\(all)")
            #expect(finds("file-format", "'a/readme.txt' has none of the endings of images (.jpg"), "\(all)")
            #expect(finds("film.gif"), "\(all)")
            #expect(!finds("DS_Store"))
            #expect(!finds("system"))
        }
    }

    @Test func `sizes are held, limits included`() async throws {
        try await ImageFixture.use { fixture in
            try await fixture.make(
                """
                taken("a/fits.png", Image.new("L", (64, 48)))
                taken("a/slim.png", Image.new("L", (63, 48)))
                taken("a/wide.png", Image.new("L", (101, 48)))
                taken("a/flat.png", Image.new("L", (64, 47)))
                taken("a/tall.png", Image.new("L", (64, 81)))
                put("a/heavy.bmp", taken("a/fits.bmp", Image.new("L", (64, 48))) + bytes(5000))
                """)
            let rules = ImageRules(
                minWidth: 64, maxWidth: 100, minHeight: 48, maxHeight: 80, maxBytes: 5000)
            let findings = try await fixture.run(rules).findings
            #expect(findings.allSatisfy { $0.check == "image-size" })
            let named: [String] = findings.map { $0.file + " " + ($0.value ?? "") }
            let expected = [
                "a/flat.png 64x47", "a/heavy.bmp 9150", "a/slim.png 63x48", "a/tall.png 64x81", "a/wide.png 101x48",
            ]
            #expect(named.sorted() == expected)
        }
    }

    @Test func `classes are counted by their folders`() async throws {
        try await ImageFixture.use { fixture in
            try await fixture.make(
                """
                for i in range(5): taken(f"cat/{i}.png")
                for i in range(2): taken(f"dog/old/{i}.png")
                taken("cow/0.png")
                """)
            #expect(try await fixture.run(ImageRules(minWidth: 1)).findings.isEmpty)
            let rules = ImageRules(classes: ["cat", "dog", "owl"], minPerClass: 3, maxPerClass: 4)
            let outcome = try await fixture.run(rules)
            #expect(outcome.findings.allSatisfy { $0.check == "class-count" })
            let counted: [String] = outcome.findings.map { ($0.value ?? "") + ": " + $0.message }
            let expected = [
                "owl: the class 'owl' has no image", "dog: the class 'dog' has 2 images, fewer than 3",
                "cat: the class 'cat' has 5 images, more than 4",
                "cow: the class 'cow' should not be there; it has 1 image",
            ]
            #expect(counted == expected)

            try await fixture.make("taken('top.png'); [taken(f'x{i}/a.png') for i in range(14)]")
            let more = try await fixture.run(ImageRules(classes: ["cat", "cow", "dog"]))
            let messages = more.findings.map(\.message)
            #expect(messages.first == "the file 'top.png' lies in no folder of a class")
            #expect(messages.count == 12)
            #expect(messages.last == "4 more classes should not be there, the first of them 'x6'")

            let files = try ["cat/0.png", "cow/0.png", "top.png"].map {
                (name: $0, path: try Files.canonical(fixture.images.pushing(FilePath($0))))
            }
            let parted = try await ImageTest(python: fixture.python).findings(
                rules, on: files, temporary: fixture.folder)
            let checks: [String: [String]] = parted.mapValues { $0.map(\.check) }
            let wanted: [String: [String]] = ["cow/0.png": ["class-count"], "top.png": ["class-count"]]
            #expect(checks == wanted)
        }
    }

    @Test func `two thousand images of which most are broken make one finding`() async throws {
        try await ImageFixture.use { fixture in
            try await fixture.make(
                """
                data = taken("a/0.jpg")
                for i in range(500): put(f"a/good-{i:04}.jpg", data)
                for i in range(1500): put(f"b/{i:04}.jpg", data[:-3000])
                """)
            let outcome = try await fixture.run()
            #expect(outcome.rows == 2001)
            let finding = try #require(outcome.findings.first)
            #expect(outcome.findings.count == 1)
            #expect(finding.file == "b/0000.jpg" && finding.count == 1500)
            let names = (0..<10).map { "'b/000\($0).jpg'" }.joined(separator: ", ")
            #expect(finding.message == "1500 files end in the middle of the image: \(names) and 1490 more")
        }
    }

    @Test func `a file that ends its reader is found out, and the others are read`() async throws {
        try await ImageFixture.use { fixture in
            try await fixture.make(
                """
                data = taken("0.png")
                for i in range(40): put(f"{i:02}.png", data)
                put("07-kills.png", data); put("20-exits.png", data); put("30-hangs.png", data)
                put("35.png", data[:100])
                """)
            let reader = try fixture.fragileReader()
            let outcome = try await fixture.run(reader: reader)
            #expect(outcome.findings.count == 4)
            #expect(outcome.findings.allSatisfy { $0.check == "file-format" && $0.count == 1 })
            let messages = outcome.findings.map(\.message)
            #expect(messages[0] == "the file '07-kills.png' ends the reader of images with signal 11")
            #expect(messages[1] == "the file '20-exits.png' ends the reader of images with status 3")
            #expect(messages[2].hasPrefix("the file '30-hangs.png' takes longer than"))
            #expect(messages[3].hasPrefix("the file '35.png'"))

            try await fixture.make("for i in range(50): put(f'{i:02}-kills.png', b'x')")
            let many = try await fixture.run(reader: reader)
            #expect(many.findings[0].count == 20, "\(many.findings)")
            let rest = try #require(many.findings.first { $0.message.contains("were not read") })
            #expect(rest.count > 30)
        }
    }

    @Test func `nothing outside of the folder is opened`() async throws {
        try await ImageFixture.use { fixture in
            try await fixture.make(
                """
                data = taken("a/0.png")
                put("../secret.png", data)
                os.symlink("../../secret.png", "a/out.png")
                os.symlink("0.png", "a/in.png")
                os.symlink("nowhere", "a/lost.png")
                os.symlink("/", "a/root")
                os.mkfifo("a/pipe.png")
                put("a/two\\nlines.png", data)
                put(b"a/\\xff.png", data)
                """)
            let outcome = try await fixture.run()
            #expect(outcome.rows == 2)
            let shown = outcome.findings.map { "\($0.check) \($0.count) \($0.message)" }.joined(separator: "\n")
            #expect(
                shown.contains("file-format 2 2 files are links that lead out of the folder: 'a/out.png', 'a/root'"))
            #expect(shown.contains("file-format 2 2 files are not regular files: 'a/lost.png', 'a/pipe.png'"))
            #expect(shown.contains("file-name 2"), "\(shown)")
            #expect(shown.contains(#"'a/two\nlines.png'"#), "\(shown)")
        }
    }

    @Test func `a Python without Pillow is the machine's fault`() async throws {
        try await ImageFixture.use { fixture in
            try await fixture.make("taken('0.png')")
            let bare = Tool(path: "/usr/bin/python3", name: "python")
            let fault = await #expect(throws: Fault.self) { try await fixture.run(reader: bare) }
            #expect(fault?.kind == .environment)
            #expect(fault?.message.contains("No module named 'PIL'") == true, "\(String(describing: fault))")
        }
    }
}
