import Domain
import Foundation
import Testing

struct RulesTests {
    private let gate = Gate(metric: "auc", condition: .atLeast(0.7))

    private func policy() throws -> Policy {
        var policy = try samplePlan().policy
        policy.gates = [gate]
        policy.environment = EnvironmentPolicy(
            python: "3.11", lock: try #require(TreePath("requirements.lock")), secrets: ["TOKEN"])
        policy.approval = ApprovalPolicy(required: 2, by: [try person("alice")], notByAuthor: true, expires: 60)
        policy.promotion.deploy = ["./deploy.sh"]
        return policy
    }

    @Test func `every rule of a pull request is its base's, and the rest its own`() throws {
        let base = try policy()
        var head = base
        head.model = try #require(ModelName("other"))
        head.gates = []
        head.overlays = [
            Overlay(name: "x", owner: try person("bob"), reason: "r", expires: "2099-01-01", gates: [gate])
        ]
        head.approval = ApprovalPolicy(required: 0)
        head.promotion.deploy = ["curl evil"]
        head.environment?.secrets = ["TOKEN", "AWS_SECRET"]
        head.triggers = TriggersPolicy(push: .init())
        head.report = ReportPolicy(templates: TreePath("mine"))
        head.train.model = try #require(TreePath("new.bin"))

        let ruled = head.under(base)

        #expect(ruled.rules(differingFrom: base).isEmpty)
        #expect(ruled.train.model.text == "new.bin")
        #expect(head.rules(differingFrom: base) == RulePart.allCases)
    }

    @Test func `what nobody has merged is promoted by a person's word only`() throws {
        var base = try policy()
        base.approval = ApprovalPolicy(required: 0)

        #expect(base.under(base).approval.required == 1)
        #expect(base.under(nil).approval.required == 1)
        #expect(base.under(nil).environment?.secrets == [])
    }

    @Test func `a floor raises and never lowers, and no overlay takes its gates away`() throws {
        var policy = try policy()
        policy.overlays = [
            Overlay(
                name: "x", owner: try person("bob"), reason: "r", expires: "2099-01-01",
                gates: [Gate(metric: "auc", condition: .atLeast(0.1))])
        ]
        let floor = Floor(gates: [Gate(metric: "auc", condition: .atLeast(0.6))], required: 1, notByAuthor: false)

        let raised = policy.raised(to: floor)
        let asked = Judge.gates(of: raised, at: noon)

        #expect(raised.approval.required == 2)
        #expect(raised.approval.notByAuthor)
        #expect(asked.map(\.condition) == [.atLeast(0.1), .atLeast(0.6)])
        #expect(asked.map(\.isFloor) == [nil, true])
        #expect(policy.raised(to: Floor(required: 3)).approval.required == 3)
    }

    @Test func `commands of the floor are asked under a name of their own`() throws {
        var policy = try policy()
        policy.gates = [Gate(metric: "check", condition: .answers(["true"]))]

        let raised = policy.raised(to: Floor(gates: [Gate(metric: "check", condition: .answers(["false"]))]))

        #expect(raised.gates.map(\.metric) == ["check", "floor-check"])
    }

    @Test func `foreign code has no secrets, no network, no way out of the sandbox, and no SQL of its own`() throws {
        let dataset = DatasetName(checked: "d")
        var base = try policy()
        base.datasets = [DatasetPolicy(name: dataset, mount: TreePath("data"))]
        base.approval.required = 0
        var head = base
        head.sandbox.network = true
        head.datasets[0].rules = DataRules(tests: [
            DataTest(name: "leak", question: .sql("SELECT * FROM read_text('/etc/passwd')"))
        ])

        let held = head.forForeignCode(under: base)

        #expect(held.environment?.secrets == [])
        #expect(held.sandbox == SandboxPolicy(network: false, requirement: .required))
        #expect(held.datasets[0].rules?.tests == nil)
        #expect(held.approval.required == 1)
    }

    @Test func `a plan from before there were rules, floors and foreign code is read as it was`() throws {
        let plan = try samplePlan()
        let text = Canonical.text(of: plan)

        for key in ["rules", "floor", "isForeign", "overrides", "isFloor"] { #expect(!text.contains("\"\(key)\"")) }
        #expect(try Canonical.decode(Plan.self, from: text) == plan)
    }
}
