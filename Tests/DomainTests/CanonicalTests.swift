import Domain
import Foundation
import Testing

@Test func `equal values have equal bytes whatever the order they were made in`() {
    var forward: [String: Int] = [:]
    var backward: [String: Int] = [:]
    for index in 0..<200 { forward["key\(index)"] = index }
    for index in (0..<200).reversed() { backward["key\(index)"] = index }

    #expect(Canonical.bytes(of: forward) == Canonical.bytes(of: backward))
}

@Test func `the bytes are sorted, without blanks and with slashes as they are`() {
    let value: JSONValue = .object([
        "b": .array([.integer(1), .number(0.1), .null, .bool(true)]), "a/c": .string("é\n\"/"), "B": .object([:]),
        "a10": .integer(2), "a2": .integer(3),
    ])

    #expect(
        Canonical.text(of: value) == #"{"B":{},"a/c":"é\n\"/","a10":2,"a2":3,"b":[1,0.1,null,true]}"#)
}

@Test(arguments: [
    (0.1, "0.1"), (1, "1"), (1e21, "1e+21"), (Double.leastNonzeroMagnitude, "5e-324"),
    (0.1 + 0.2, "0.30000000000000004"), (.nan, #""nan""#),
    (.infinity, #""inf""#), (-.infinity, #""-inf""#),
])
func `a number is written shortest and comes back the same`(_ number: Double, _ text: String) throws {
    let back = try Canonical.decode([Double].self, from: Canonical.text(of: [number]))

    #expect(Canonical.text(of: [number]) == "[\(text)]")
    #expect(back[0].bitPattern == number.bitPattern || (back[0].isNaN && number.isNaN))
}

@Test func `the bytes of a plan are these, for ever`() throws {
    let fingerprint = try samplePlan().fingerprint
    let rejection = Canonical.text(of: try decision("alice", .reject(reason: "leaks")))

    #expect(fingerprint.hex == "97dca8b7abb98377559753b14984f1973dbdf1a94155173f37ddc8bb5f8a2dd9")
    #expect(
        rejection
            == #"{"answer":{"reject":{"reason":"leaks"}},"at":"2026-11-18T11:06:40.000Z","by":"alice","evidence":""#
            + Digest.of("evidence").hex + #"","model":""# + Digest.of("model").hex + #"","run":12}"#)
}

@Test func `a time keeps its milliseconds through any number of round trips`() throws {
    for step in 0..<5000 {
        let text = Timestamp.text(Date(timeIntervalSince1970: 1_795_000_000 + Double(step) * 0.0371))
        let back = try #require(Timestamp.parse(text))
        #expect(Timestamp.text(back) == text)
    }
}

@Test(arguments: ["", "2026-11-24", "2026-11-24T15:04:05Z", "2026-13-24T15:04:05.123Z", "yesterday"])
func `a time in another form is refused`(_ text: String) {
    #expect(Timestamp.parse(text) == nil)
}

@Test func `a plan survives the store with its fingerprint`() throws {
    let plan = try samplePlan()
    let back = try Canonical.decode(Plan.self, from: Canonical.bytes(of: plan))

    #expect(back == plan)
    #expect(back.fingerprint == plan.fingerprint)
}

@Test func `what would be done decides the fingerprint, and nothing else`() throws {
    let plan = try samplePlan()
    func fingerprint(_ change: (inout Plan) throws -> Void) throws -> Digest {
        var changed = plan
        try change(&changed)
        return changed.fingerprint
    }

    #expect(try fingerprint { $0.uncommitted = ["train.py"] } == plan.fingerprint)
    #expect(try fingerprint { $0.snapshots.reverse() } == plan.fingerprint)
    #expect(try fingerprint { $0.trigger = .reproduction(of: try runID(3)) } != plan.fingerprint)
    #expect(
        try fingerprint { $0.commit = try #require(CommitID(hex: String(repeating: "b", count: 40))) }
            != plan.fingerprint)
    #expect(try fingerprint { $0.policyDigest = .of("other") } != plan.fingerprint)
    #expect(try fingerprint { $0.snapshots[0].digest = .of("other") } != plan.fingerprint)
    #expect(try fingerprint { $0.parameters["params.yaml"] = .of("other") } != plan.fingerprint)
    #expect(try fingerprint { $0.environment?.digest = .of("other") } != plan.fingerprint)
    #expect(try fingerprint { $0.stages[0].commands = ["true"] } != plan.fingerprint)
}

@Test func `a stage's key knows its inputs but not its name or the order of its outputs`() throws {
    let inputs = StageInputs(
        name: try stageName("train"), commands: ["python train.py"], directory: nil, deps: [:],
        params: ["params.yaml:seed": "1"], outs: [try path("a"), try path("b")], environment: .of("environment"),
        variables: ["PYTHONHASHSEED": "0"])
    func key(_ change: (inout StageInputs) throws -> Void) throws -> Digest {
        var changed = inputs
        try change(&changed)
        return changed.key
    }

    #expect(try key { $0.name = try stageName("fit") } == inputs.key)
    #expect(try key { $0.outs.reverse() } == inputs.key)
    #expect(try key { $0.commands = ["python fit.py"] } != inputs.key)
    #expect(try key { $0.commands = ["python", "train.py"] } != inputs.key)
    #expect(try key { $0.params["params.yaml:seed"] = "2" } != inputs.key)
    #expect(try key { $0.environment = nil } != inputs.key)
    #expect(try key { $0.variables = [:] } != inputs.key)
    #expect(try key { $0.directory = try path("sub") } != inputs.key)
}
