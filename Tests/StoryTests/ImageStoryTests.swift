import Domain
import Foundation
import Host
import SystemPackage
import Testing

/// A dataset of images, from the folder on a desk to the stage of a run.
@Suite(.timeLimit(.minutes(15)))
struct ImageStoryTests {
    private static let policy = ToyProject.policy
        .replacing("${data}", with: "${data.points}")
        .replacing(
            "tests:",
            with:
                "  photos: { mount: data/photos, images: { classes: [cat, dog], minPerClass: 2, minWidth: 4 } }\ntests:"
        )

    /// A whole picture of 24 bits a pixel, all black.
    private static func bitmap(width: UInt32, height: UInt32) -> Data {
        func bytes(_ value: UInt32, _ count: Int = 4) -> [UInt8] {
            (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * UInt32($0))) }
        }
        let pixels = (width * 3 + 3) / 4 * 4 * height
        var file = [UInt8]("BM".utf8) + bytes(54 + pixels) + bytes(0) + bytes(54)
        file += bytes(40) + bytes(width) + bytes(height) + bytes(1, 2) + bytes(24, 2) + bytes(0) + bytes(pixels)
        file += bytes(0) + bytes(0) + bytes(0) + bytes(0)
        return Data(file + [UInt8](repeating: 0, count: Int(pixels)))
    }

    private static func put(_ bytes: Data, _ path: String, _ project: Project) throws {
        let file = project.folder.appending("photos").pushing(FilePath(path))
        try Files.makeDirectory(file.removingLastComponent())
        try Files.writeDurably(bytes, to: file)
    }

    @Test func `a folder of images is checked on the desk, and again by the run`() async throws {
        try await withProject(["sluice.yaml": Self.policy]) { project in
            let good = Self.bitmap(width: 8, height: 8)
            for name in ["cat/1.bmp", "cat/2.bmp", "dog/1.bmp", "dog/2.bmp"] { try Self.put(good, name, project) }
            let check = ["data", "check", "../photos", "--policy", "sluice.yaml", "--dataset", "photos"]
            let accepted = try await project.call(check)
            #expect(accepted.status == 0, "\(accepted.errors)")
            #expect(accepted.output == "accept: photos, 4 images\n")

            try Self.put(good.prefix(100), "dog/2.bmp", project)
            try Self.put(Self.bitmap(width: 3, height: 8), "bird/1.bmp", project)
            let refused = try await project.call(check + ["--json"])
            #expect(refused.status == 1)
            guard case .array(let findings)? = try refused.json()["findings"] else {
                Issue.record("\(refused.output)")
                return
            }
            let shown: [String] = findings.map { ($0["check"]?.text ?? "") + ": " + ($0["message"]?.text ?? "") }
            let expected = [
                "image-size: the file 'bird/1.bmp' is less than 4 pixels wide",
                "file-format: the file 'dog/2.bmp' ends in the middle of the image",
                "class-count: the class 'bird' should not be there; it has 1 image",
            ]
            #expect(shown == expected)
            let alone = try await project.sluice(
                "data", "check", "../photos/cat/1.bmp", "--policy", "sluice.yaml", "--dataset", "photos")
            #expect(alone.output == "accept: 1.bmp, 1 image\n", "\(alone.errors)")

            try await project.addData()
            try await project.sluice("data", "add", "photos", project.folder.appending("photos").string)
            let stopped = try await project.sluice("run")
            #expect(stopped.status == 1)
            #expect(stopped.errors.contains("schema:photos"), "\(stopped.errors)")
            let words = "3 complaints about the data; the first: the file 'bird/1.bmp' is less than 4 pixels wide"
            #expect(stopped.errors.contains(words), "\(stopped.errors)")

            try Files.removeTree(project.folder.appending("photos").appending("bird"))
            try Self.put(good, "dog/2.bmp", project)
            try await project.sluice("data", "add", "photos", project.folder.appending("photos").string)
            let passed = try await project.sluice("run", "--json")
            #expect(passed.status == 0, "\(passed.output)")
            let stages = try passed.json()["stages"]
            guard case .array(let stages)? = stages else {
                Issue.record("\(passed.output)")
                return
            }
            let tested = stages.first { $0["name"]?.text == "schema:photos" }
            #expect(tested?["state"]?.text == "succeeded")
            #expect(tested?["rows"]?.int64 == 4)
        }
    }

    @Test func `of dropped images the broken ones are refused, each with its reason`() async throws {
        try await withProject { project in
            let drop = project.folder.appending("photos")
            let policy = Self.policy.replacing(
                "{ mount: data/photos, images",
                with: "{ mount: data/photos, append: true, drop: \(drop), settle: 0.1s, images")
            try project.write(policy, to: "sluice.yaml")
            try await project.commit("Take in photos")
            let good = Self.bitmap(width: 8, height: 8)
            try Self.put(good, "cat/1.bmp", project)
            try Self.put(good.prefix(100), "cat/2.bmp", project)
            try Self.put(good, "bird/1.bmp", project)
            let watched = try await project.sluice("watch", "--once")
            #expect(watched.status == 1, "\(watched.errors)")
            #expect(watched.output.contains("photos: snapshot 1: new cat/1.bmp"), "\(watched.output)")
            let refused = "refused cat/2.bmp: file-format: the file 'cat/2.bmp' ends in the middle of the image"
            #expect(watched.output.contains(refused), "\(watched.output)")
            let stranger =
                "refused bird/1.bmp: class-count: the file 'bird/1.bmp' lies in 'bird', which is none of the classes"
            #expect(watched.output.contains(stranger), "\(watched.output)")
        }
    }

    @Test func `a folder needs rules of images, and images no schema`() async throws {
        try await withProject(["sluice.yaml": Self.policy]) { project in
            try Self.put(Self.bitmap(width: 8, height: 8), "cat/1.bmp", project)
            let calls: [([String], String)] = [
                (["../photos"], "'../photos' is a folder, and no rules say what images should be in it"),
                (["../photos", "--policy", "sluice.yaml", "--dataset", "points"], "is a folder"),
                (
                    ["../photos", "--policy", "sluice.yaml", "--dataset", "photos", "--schema", "schema.json"],
                    "--schema is about tables"
                ),
                (["../absent", "--policy", "sluice.yaml", "--dataset", "photos"], "there is no file '../absent'"),
            ]
            for (arguments, words) in calls {
                let call = try await project.call(["data", "check"] + arguments)
                #expect(call.status == 2, "\(arguments)")
                #expect(call.errors.contains(words), "\(call.errors)")
            }
        }
    }
}
