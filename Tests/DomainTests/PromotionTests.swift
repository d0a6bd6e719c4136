import Domain
import Testing

private let states: [Promotion.State] = [
    .intended, .aliasMoved, .deployed, .promoted, .rollingBack(reason: "first"), .rolledBack(reason: "first"),
    .stuck(reason: "first"),
]
private let changes: [Promotion.State.Change] = [
    .moveAlias, .deploy, .verify, .rollBack(reason: "second"), .restore, .giveUp(reason: "third"),
]
private let allowed: [String: [String: Promotion.State]] = [
    "intended": ["move_alias": .aliasMoved, "give_up": .stuck(reason: "third")],
    "alias_moved": [
        "deploy": .deployed, "roll_back": .rollingBack(reason: "second"), "give_up": .stuck(reason: "third"),
    ],
    "deployed": [
        "verify": .promoted, "roll_back": .rollingBack(reason: "second"), "give_up": .stuck(reason: "third"),
    ],
    "rolling_back": ["restore": .rolledBack(reason: "first"), "give_up": .stuck(reason: "third")],
    "promoted": [:], "rolled_back": [:], "stuck": [:],
]

@Test(arguments: states, changes)
func `a promotion changes as the table says and in no other way`(
    _ state: Promotion.State, _ change: Promotion.State.Change
) throws {
    let row = try #require(allowed[state.word])

    if let next = row[change.word] {
        #expect(try state.after(change) == next)
    } else {
        #expect(throws: IllegalTransition(from: state.word, change: change.word)) { try state.after(change) }
    }
}

@Test(arguments: states)
func `a promotion is final exactly if nothing can happen to it`(_ state: Promotion.State) {
    #expect(state.isFinal == allowed[state.word]?.isEmpty)
}

@Test(arguments: states)
func `a promotion's state survives the store`(_ state: Promotion.State) throws {
    #expect(try Canonical.decode(Promotion.State.self, from: Canonical.text(of: state)) == state)
}
