import Domain
import Testing

@testable import Engine

struct ReproduceTests {
    @Test func `a number, a commit and what could be either are told apart`() async throws {
        try await withBench { bench in
            let one = try await bench.judged(try samplePlan(commit: "1234567a"), key: "one")
            let two = try await bench.judged(try samplePlan(commit: "1234567b"), key: "two")
            let three = try await bench.judged(try samplePlan(commit: "3333"), key: "three")
            func run(_ text: String) async throws -> Run {
                try await bench.engine.runToReproduce(text, in: nil)
            }

            #expect(try await run("1") == one)
            #expect(try await run("#2") == two)
            #expect(try await run("1234567B") == two)
            #expect(try await run("3333") == three)
            for (text, message) in [
                ("1234567", "'1234567' fits more than one commit that was run"),
                ("#9", "there is no run 9"), ("9", "there is no run 9"),
                ("9999", "no run 9999 and no judged run of a commit '9999' is in this home"),
                ("main", "'main' is neither a run's number nor a commit"),
            ] {
                let fault = await #expect(throws: Fault.self) { try await run(text) }
                #expect(fault?.message == message)
                #expect(fault?.kind == .input)
            }
        }
    }

    @Test func `a reproduction in another environment says what differs`() async throws {
        func identity(uv: String, lock: String) -> EnvironmentIdentity {
            EnvironmentIdentity(
                digest: .of("\(uv) \(lock)"), python: "3.11.7", lock: .of(lock), platform: "x86_64-linux-gnu", uv: uv)
        }
        try await withBench { bench in
            let before = identity(uv: "0.13.8", lock: "a")
            let original = try await bench.judged(try samplePlan(environment: before), key: "one")
            var plan = try samplePlan(environment: identity(uv: "0.13.9", lock: "a"))
            plan.trigger = .reproduction(of: original.id)
            let again = try await bench.judged(plan, key: "two")

            let workspace = try await bench.engine.workspace(
                for: again, plan, Blueprint(plan: plan, environment: nil), { _ in })

            #expect(
                workspace.warnings.contains("the environment is not the one of run 1: uv 0.13.8 then, 0.13.9 now"),
                "\(workspace.warnings)")
            #expect(workspace.isReproduction)
        }
    }
}
