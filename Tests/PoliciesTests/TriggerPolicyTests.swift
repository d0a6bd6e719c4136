import Domain
import Foundation
import Policies
import Testing

struct TriggerPolicyTests {
    private func triggers(_ text: String) throws -> TriggersPolicy? {
        try PolicyFile.read(Data((smallPolicy + text).utf8)).triggers
    }

    @Test func `true stands for the usual, and false and nothing for none`() throws {
        #expect(
            try triggers("triggers: {push: true, pull_request: true}\n")
                == TriggersPolicy(push: .init(), pullRequest: .init()))
        #expect(try triggers("triggers: {push: false, pull_request: false}\n") == nil)
        #expect(try triggers("triggers: {push: {}}\n") == TriggersPolicy(push: .init()))
        #expect(try triggers("") == nil)
    }

    @Test func `every key of the triggers is read`() throws {
        let text = """
            triggers:
              push: {branches: [main, 'release/**'], paths: [src, params.yaml]}
              pull_request: {forks: never, branches: [main], drafts: true}
              schedule:
                - {cron: 0 3 * * mon, timezone: America/New_York}
                - cron: '@daily'

            """

        #expect(
            try triggers(text)
                == TriggersPolicy(
                    push: .init(branches: ["main", "release/**"], paths: ["src", "params.yaml"]),
                    pullRequest: .init(forks: .never, branches: ["main"], drafts: true),
                    schedule: [
                        .init(cron: "0 3 * * mon", timezone: "America/New_York"), .init(cron: "@daily"),
                    ]))
        let expanded = try PolicyFile.expanded(Data((smallPolicy + text).utf8))
        #expect(try PolicyFile.read(Data(expanded.utf8)).triggers == triggers(text))
        #expect(expanded.contains("      timezone: UTC  # default\n"))
    }

    @Test func `teams may approve, and more people than names`() throws {
        let policy = try PolicyFile.read(
            Data((smallPolicy + "approval: {required: 3, by: [alice, '@acme/ml-leads']}\n").utf8))

        #expect(policy.approval.by.map(\.text) == ["alice", "@acme/ml-leads"])
    }

    @Test func `a policy that no server would start runs for is hinted at`() {
        #expect(PolicyFile.hints(Data(smallPolicy.utf8)).count == 1)
        #expect(PolicyFile.hints(Data((smallPolicy + "triggers: {push: true}\n").utf8)).isEmpty)
        #expect(PolicyFile.hints(Data("version: 2".utf8)).isEmpty)
    }
}
