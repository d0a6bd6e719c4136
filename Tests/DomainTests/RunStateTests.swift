import Domain
import Testing

private let fault = Fault(.environment, "the disk is full")
private let states: [RunState] = [
    .queued, .preparing, .running, .judging, .judged(.passed), .errored(fault), .cancelled(by: nil, reason: "why"),
]
private let changes: [RunState.Change] = [
    .prepare, .start, .judge, .conclude(.passed), .fail(fault), .cancel(by: nil, reason: "why"),
]
private let allowed: [String: [String: RunState]] = [
    "queued": ["prepare": .preparing, "fail": .errored(fault), "cancel": .cancelled(by: nil, reason: "why")],
    "preparing": ["start": .running, "fail": .errored(fault), "cancel": .cancelled(by: nil, reason: "why")],
    "running": ["judge": .judging, "fail": .errored(fault), "cancel": .cancelled(by: nil, reason: "why")],
    "judging": [
        "conclude": .judged(.passed), "fail": .errored(fault), "cancel": .cancelled(by: nil, reason: "why"),
    ],
    "judged": [:], "errored": [:], "cancelled": [:],
]

@Test(arguments: states, changes)
func `a run changes as the table says and in no other way`(_ state: RunState, _ change: RunState.Change) throws {
    let row = try #require(allowed[state.word])

    if let next = row[change.word] {
        #expect(try state.after(change) == next)
    } else {
        #expect(throws: IllegalTransition(from: state.word, change: change.word)) { try state.after(change) }
    }
}

@Test(arguments: states)
func `a run is final exactly if nothing can happen to it`(_ state: RunState) {
    #expect(state.isFinal == allowed[state.word]?.isEmpty)
}

@Test func `the words of runs and their changes are distinct`() {
    #expect(Set(states.map(\.word)).count == states.count)
    #expect(Set(changes.map(\.word)).count == changes.count)
}

@Test func `a refused change says what it was`() {
    #expect(IllegalTransition(from: "judged", change: "start").description == "cannot start what is judged")
}

@Test(arguments: states)
func `a run's state survives the store`(_ state: RunState) throws {
    #expect(try Canonical.decode(RunState.self, from: Canonical.text(of: state)) == state)
}
