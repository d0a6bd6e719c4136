import Domain
import Foundation
import Testing

private let result = StageResult(outs: [:], metrics: ["auc": 0.7], usage: usage, rows: 3)
private let usage = Usage(wall: 1, cpu: 2, peakMemory: 3)
private let fault = Fault(.environment, "lost")

private func states() throws -> [StageState] {
    [
        .pending, .running(attempt: 1), .running(attempt: 2), .reused(result, from: try runID(9)), .succeeded(result),
        .failed(.exit(1), usage), .errored(fault, usage), .skipped(because: try stageName("train")), .cancelled,
    ]
}

private func changes() throws -> [StageState.Change] {
    [
        .start, .reuse(result, from: try runID(9)), .succeed(result), .fail(.exit(1), usage), .error(fault, usage),
        .skip(because: try stageName("train")), .cancel, .lose,
    ]
}

private func next(_ state: StageState, _ change: StageState.Change) throws -> StageState? {
    let ended: [String: StageState] = [
        "succeed": .succeeded(result), "fail": .failed(.exit(1), usage), "error": .errored(fault, usage),
        "cancel": .cancelled,
    ]
    switch state {
    case .pending:
        let waiting: [String: StageState] = [
            "start": .running(attempt: 1), "reuse": .reused(result, from: try runID(9)),
            "skip": .skipped(because: try stageName("train")),
        ]
        return waiting[change.word] ?? ended[change.word]
    case .running(let attempt):
        return change == .lose ? .running(attempt: attempt + 1) : ended[change.word]
    case .reused, .succeeded, .failed, .errored, .skipped, .cancelled:
        return nil
    }
}

@Test func `a stage changes as the table says and in no other way`() throws {
    for state in try states() {
        for change in try changes() {
            if let expected = try next(state, change) {
                #expect(try state.after(change) == expected, "\(state.word) \(change.word)")
            } else {
                #expect(throws: IllegalTransition(from: state.word, change: change.word)) { try state.after(change) }
            }
        }
    }
}

@Test func `a stage is final exactly if nothing can happen to it`() throws {
    for state in try states() {
        let possible = try changes().filter { try next(state, $0) != nil }
        #expect(state.isFinal == possible.isEmpty, "\(state.word)")
    }
}

@Test func `only a stage that succeeded or was reused has a result, and only one that ran here used anything`() throws {
    let table = try states().map { ($0.word, $0.result != nil, $0.usage != nil) }

    for (word, hasResult, hasUsage) in table {
        #expect(hasResult == ["reused", "succeeded"].contains(word), "\(word)")
        #expect(hasUsage == ["succeeded", "failed", "errored"].contains(word), "\(word)")
    }
}

@Test func `a stage's state survives the store`() throws {
    let finding = DataFinding(check: "enum", file: "a.csv", column: "b", record: 1, count: 2, value: "c", message: "d")
    let failures: [StageFailure] = [
        .exit(1), .signal(9), .timeLimit(seconds: 1), .memoryLimit(bytes: 2), .diskLimit(bytes: 3),
        .noEvidence(["nothing was written"]), .findings([finding]),
    ]

    for state in try states() + failures.map({ .failed($0, nil) }) {
        #expect(try Canonical.decode(StageState.self, from: Canonical.text(of: state)) == state)
    }
}

struct DataFindingTests {
    @Test func `a finding that was stored before there were lines is read`() throws {
        let old = #"{"check":"type","count":1,"file":"a.csv","message":"m","record":2}"#
        let finding = try Canonical.decode(DataFinding.self, from: Data(old.utf8))

        #expect(finding == DataFinding(check: "type", file: "a.csv", record: 2, message: "m"))
        #expect(Canonical.text(of: finding) == old)
    }
}
