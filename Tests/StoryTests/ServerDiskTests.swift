import Domain
import Foundation
import Host
import SystemPackage
import TestSupport
import Testing

/// A server whose disk fills up: what cannot be kept is not taken, and everything goes on when there is room again.
@Suite(.timeLimit(.minutes(15)), .enabled(if: getuid() == 0, "mounting needs root"))
struct ServerDiskTests {
    @Test func `a delivery for which there is no room is not acknowledged, and what was acknowledged is kept`()
        async throws
    {
        try await withSmallDisk { server, forge in
            let story = MortalStory(server: server, forge: forge)
            try await server.start()
            let (number, head) = try await story.open("2.5")
            try await story.status(of: head, is: "passed; waits for ")
            _ = try await story.quiet()
            let before = forge.deliveries.count

            try await fill(server.project.home)
            var answers: [Int] = []
            var acknowledged: Set<String> = []
            while answers.count(where: { $0 == 503 }) < 20, answers.count < 2000 {
                let text = "well done, \(answers.count) times"
                forge.comment(on: number, of: story.path, by: "bob", text)
                // The bot may have said something at the same time.
                let delivery = try #require(
                    forge.deliveries.last { String(decoding: $0.body, as: UTF8.self).contains(text) })
                let answer = try #require(await server.tell(delivery), "\(server.tail)")
                if answer != 503 { acknowledged.insert(delivery.id) }
                answers.append(answer)
            }
            #expect(Set(answers).isSubset(of: [202, 503]) && answers.contains(503), "\(Set(answers))")
            #expect(await server.isRunning)

            try Files.removeTree(server.project.home.appending("filler"))
            _ = await server.toldSoFar(before)
            try await story.say("/approve", on: number)
            try await story.status(of: head, is: "promoted: ")
            let end = try await story.calm()

            #expect(await server.starts == 1, "it never ended")
            try await end.expectSound()
            end.expectSettled(acknowledged)
            end.expectSettled(await server.acknowledged)
            try await end.expectRunsOnce()
            end.expectPromotedOnce()
            end.expectSaidOnce()
        }
    }

    @Test func `a run in whose middle the disk is full comes to an end, and the next one passes when there is room`()
        async throws
    {
        try await withSmallDisk(train: "echo training; sleep 6") { server, forge in
            let story = MortalStory(server: server, forge: forge)
            try await server.start()
            let (number, head) = try await story.open("2.5")
            try await story.status(of: head, is: "running train")

            try await fill(server.project.home)
            _ = try await story.eventually {
                String(decoding: try Files.readSmall(server.log), as: UTF8.self).contains("full") ? true : nil
            }
            #expect(await server.isRunning)
            try Files.removeTree(server.project.home.appending("filler"))

            // A command that found no room has failed; else the run waited. What is certain is that it has an end.
            var said = ""
            _ = try? await story.eventually {
                said = forge.statuses(of: head, in: story.path).last?.description ?? ""
                return ["passed; ", "could not ", "the answer is no: "].contains(where: said.hasPrefix) ? true : nil
            }
            #expect(["passed; ", "could not ", "the answer is no: "].contains(where: said.hasPrefix), "\(said)")
            try await story.say("/retrain", on: number)
            try await story.status(of: head, is: "passed; waits for ")
            let end = try await story.calm()
            #expect(await server.starts == 1, "it never ended")
            try await end.expectSound()
            end.expectSaidOnce()
        }
    }

    /// At once, or as long as somebody else may need the room that was given back.
    @Test(arguments: [
        "cat /dev/zero > filler; cat /dev/zero > more",
        "for each in $(seq 100); do cat /dev/zero >> filler; sleep 0.1; done",
    ])
    func `a run that fills the disk comes to its end by itself, and gives the room back`(filling: String) async throws {
        let train = "grep -q 9.5 params.yaml && { \(filling); exit 1; }; sleep 1"
        try await withSmallDisk(train: train) { server, forge in
            let story = MortalStory(server: server, forge: forge)
            try await server.start()
            let reserve = server.project.home.appending("reserve")
            _ = try await story.eventually { Files.exists(reserve) ? true : nil }

            let (number, head) = try await story.open("9.5")
            _ = try await story.eventually { () -> String? in
                let said = forge.statuses(of: head, in: story.path).last?.description ?? ""
                return ["could not ", "the answer is no: "].contains(where: said.hasPrefix) ? said : nil
            }
            _ = try await story.eventually { try Files.freeBytes(at: server.project.home) > 12 << 20 ? true : nil }
            let next = try await story.push("2.5", to: number)
            try await story.status(of: next, is: "passed; waits for ")
            _ = try await story.eventually { Files.exists(reserve) ? true : nil }
            let end = try await story.calm()
            #expect(await server.starts == 1, "it never ended")
            try await end.expectSound()
        }
    }

    /// Writes until nothing fits any more.
    private func fill(_ folder: FilePath) async throws {
        let filler = folder.appending("filler")
        for size in ["1M", "4k", "512"] {
            let more = FilePath(filler.string).appending(size)
            try Files.makeDirectory(filler)
            let dd = try await Tool.find("dd", advice: "").run(["if=/dev/zero", "of=\(more)", "bs=\(size)"])
            #expect(dd.errors.contains("No space left on device"))
        }
    }

    /// A server whose home is a file system of 24 MB. Where nobody lets us mount one there is nothing to test.
    private func withSmallDisk(
        train: String = "echo training", _ body: (MortalServer, FakeForge) async throws -> Void
    ) async throws {
        try await withMortalServer(train: train) { server, forge in
            let home = server.project.home
            try Files.makeDirectory(home)
            let mount = try Tool.find("mount", advice: "")
            guard try await mount.run(["-t", "tmpfs", "-o", "size=24m", "tmpfs", home.string]).status == 0 else {
                return print("no file system can be mounted here")
            }
            let outcome: Result<Void, any Error>
            do { outcome = .success(try await body(server, forge)) } catch { outcome = .failure(error) }
            if await server.isRunning { _ = await server.kill() }
            _ = try await Tool.find("umount", advice: "").output(["-l", home.string])
            try outcome.get()
        }
    }
}
