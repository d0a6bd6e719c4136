import Domain
import Foundation
import Host
import TestSupport
import Testing

/// What the forge tells, tells twice, or tells late, and what somebody else tells in its name.
@Suite(.timeLimit(.minutes(20)))
struct ServiceDeliveryTests {
    /// The same deliveries with other ids, as a forge's own retry or somebody's hand may send them.
    private static func anew(_ deliveries: [FakeDelivery]) -> [FakeDelivery] {
        deliveries.map { delivery in
            var headers = delivery.headers
            headers["x-github-delivery"] = UUID().uuidString
            return FakeDelivery(id: delivery.id, headers: headers, body: delivery.body)
        }
    }

    /// Those that tell of a comment with these words.
    private static func saying(_ text: String, in deliveries: [FakeDelivery]) -> [FakeDelivery] {
        deliveries.filter { delivery in
            let payload = try? JSONDecoder().decode(JSONValue.self, from: delivery.body)
            return payload?["comment"]?["body"]?.text == text
        }
    }

    @Test func `a delivery that comes again, with its id or another, does nothing a second time`() async throws {
        try await withScene { scene in
            scene.forge.branch("better", of: Scene.path)
            let head = scene.forge.commit(
                ["params.yaml": "slope: 0.9\n"], to: "better", of: Scene.path, by: "ada")
            let number = scene.forge.openPullRequest(Scene.path, from: "better", head: head, by: "ada")
            let opening = scene.forge.deliveries
            let first = try await scene.forge.deliver(to: scene.bot.hook)
            let second = try await scene.forge.send(opening, to: scene.bot.hook)
            let third = try await scene.forge.send(Self.anew(opening), to: scene.bot.hook)
            var pull = Scene.Pull(number: number, head: head, branch: "better")
            try await scene.sees("waits for 1 approval", on: head)

            try await scene.tell()
            scene.forge.comment(on: number, of: Scene.path, by: "bob", "/approve")
            let approving = Self.saying("/approve", in: scene.forge.deliveries)
            try await scene.tell()
            try await scene.deploys(["deploy 1"])
            try await scene.push(&pull, slope: "0.8")
            try await scene.sees("waits for 1 approval", on: pull.head)
            let old = try await scene.forge.send(approving + Self.anew(approving), to: scene.bot.hook)
            _ = try await scene.ask("/help", on: pull)

            #expect(first == [202, 202] && second == [200, 200] && third == [200, 200])
            #expect(old == [200, 200])
            #expect(try await scene.runs(of: head).count == 1)
            #expect(try await scene.runs(of: pull.head).count == 1)
            #expect(scene.replies(on: pull).count == 2)
            try await scene.deploys(["deploy 1"])
        }
    }

    @Test func `a delivery with a signature that does not hold is refused and leaves nothing`() async throws {
        try await withScene { scene in
            let pull = try await scene.waiting()
            scene.forge.comment(on: pull.number, of: Scene.path, by: "bob", "/help")
            let real = Self.saying("/help", in: scene.forge.deliveries)
            let forged = real.map { delivery in
                let body = String(decoding: delivery.body, as: UTF8.self).replacing("help", with: "approve")
                return FakeDelivery(id: delivery.id, headers: delivery.headers, body: Data(body.utf8))
            }
            let unsigned = forged.map { delivery in
                FakeDelivery(
                    id: delivery.id, headers: delivery.headers.filter { $0.key != "x-hub-signature-256" },
                    body: delivery.body)
            }

            let refused = try await scene.forge.send(forged + unsigned, to: scene.bot.hook)
            try await scene.tell()
            _ = try await eventually { scene.replies(on: pull).isEmpty ? nil : true }

            #expect(refused == [401, 401])
            #expect(scene.replies(on: pull).count == 1)
            #expect(scene.acts.isEmpty)
        }
    }

    @Test func `a push that is told and found is one run, whichever comes first`() async throws {
        try await withScene(triggers: "{push: {}}") { scene in
            func push(_ slope: String) -> String {
                scene.forge.commit(["params.yaml": "slope: \(slope)\n"], to: "main", of: Scene.path, by: "ada")
            }
            try await scene.looks(1)
            let told = push("0.9")
            try await scene.tell()
            try await scene.sees("waits for 1 approval", on: told)
            try await scene.looks(2)

            let found = push("0.8")
            let late = scene.forge.deliveries.filter { String(decoding: $0.body, as: UTF8.self).contains(found) }
            try await scene.sees("waits for 1 approval", on: found)
            let answers = try await scene.forge.send(late, to: scene.bot.hook)
            try await scene.looks(1)

            #expect(answers == [200], "it is known already")
            #expect(try await scene.runs(of: told).count == 1)
            #expect(try await scene.runs(of: found).count == 1)
            let why = try await scene.project.sluice("why", found)
            #expect(why.output.contains("run "), "\(why.output)\(why.errors)")
        }
    }
}
