import DataChecks
import Domain
import Foundation
import Host
import SystemPackage
import TestSupport

/// A folder of files, and a Python that has Pillow to make and to read them.
struct ImageFixture {
    let folder: FilePath
    let python: Tool
    var images: FilePath { folder.appending("images") }

    static func use(_ body: (ImageFixture) async throws -> Void) async throws {
        try await withTemporaryFolder { folder in
            let uv = try Tool.find("uv", advice: "install uv")
            _ = try await uv.output(["venv", "-q", "--python", "3.11", "venv"], in: folder)
            let python = folder.appending("venv").appending("bin").appending("python")
            _ = try await uv.output(["pip", "install", "-q", "--python", python.string, "pillow==12.3.0"], in: folder)
            let fixture = ImageFixture(folder: folder, python: Tool(path: python, name: "python"))
            try Files.makeDirectory(fixture.images)
            try await body(fixture)
        }
    }

    /// Runs a script in the folder of images, with a photograph-like `base` of 320 x 240 at hand.
    func make(_ script: String) async throws {
        let start = """
            import os, struct, zlib
            from PIL import Image
            base = Image.effect_noise((320, 240), 80).convert("RGB")
            def put(name, data):
                os.makedirs(os.path.dirname(name) or ".", exist_ok=True)
                with open(name, "wb") as f: f.write(data)
            def taken(name, picture=base, **options):
                os.makedirs(os.path.dirname(name) or ".", exist_ok=True)
                picture.save(name, **options)
                with open(name, "rb") as f: return f.read()
            def chunk(kind, data):
                return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
            def png(width, height, data):
                head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
                return b"\\x89PNG\\r\\n\\x1a\\n" + chunk(b"IHDR", head) + chunk(b"IDAT", data) + chunk(b"IEND", b"")

            """
        _ = try await python.output(["-c", start + script], in: images)
    }

    func run(_ rules: ImageRules = .init(), reader: Tool? = nil) async throws -> SchemaTest.Outcome {
        let temporary = folder.appending("tmp")
        try Files.makeDirectory(temporary)
        let outcome = try await ImageTest(python: reader ?? python).run(rules, on: images, temporary: temporary)
        let left = try Files.list(temporary)
        precondition(left.isEmpty, "the test left \(left) behind")
        return outcome
    }

    /// A reader that dies or hangs on files with certain names, as a decoder with a hole would.
    func fragileReader() throws -> Tool {
        let script = """
            #!\(python.path)
            import os, sys
            trap = '''    if path.endswith(b"-kills.png"): os.kill(os.getpid(), 11)
                if path.endswith(b"-exits.png"): os._exit(3)
                if path.endswith(b"-hangs.png"):
                    signal.setitimer(signal.ITIMER_REAL, 0.1)
                    while True: pass
                descriptor = os.open('''
            words = sys.argv[1:]
            at = words.index("-c") + 1
            assert "    descriptor = os.open(" in words[at]
            words[at] = words[at].replace("    descriptor = os.open(", trap)
            os.execv("\(python.path)", ["\(python.path)"] + words)

            """
        let path = folder.appending("fragile")
        try Files.writeDurably(Data(script.utf8), to: path, mode: 0o755)
        return Tool(path: path, name: "python")
    }
}
