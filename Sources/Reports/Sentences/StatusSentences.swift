package import Domain

extension ReportRenderer {
    /// One sentence on where a run stands, and what to type next.
    package static func sentence(_ run: Run, _ status: RunStatus) -> String {
        let id = run.id
        switch status {
        case .working(let state): return "run \(id) is \(state.word)"
        case .waiting(let missing):
            let people = missing == 1 ? "a person" : "\(missing) people"
            return "run \(id) waits for \(people): 'sluice approve \(id)' or 'sluice reject \(id) --reason …'"
        case .approved: return "run \(id) is approved and not promoted yet: 'sluice resume \(id)' goes on"
        case .promoted(let at): return "run \(id) was promoted at \(moment(at))"
        case .rolledBack(let reason): return "run \(id) was promoted and rolled back: \(visible(reason, limit: 2000))"
        case .stuck(let reason): return "the promotion of run \(id) is stuck: \(visible(reason, limit: 2000))"
        case .promoting(let state):
            return "the promotion of run \(id) is under way: \(Sentences.step(state))"
        case .rejected(let by, let reason):
            return "run \(id) was rejected by \(visible("\(by): \(reason)", limit: 2000))"
        case .expired(let at): return "the time to decide on run \(id) was over at \(moment(at))"
        case .refused: return "run \(id) is refused: the answer is no"
        case .undecided: return "run \(id) could not be decided"
        case .errored(let fault): return "run \(id) errored: \(visible(fault.description, limit: 4000))"
        case .cancelled(let by, let reason):
            return visible("run \(id) was cancelled\(by.map { " by \($0)" } ?? ""): \(reason)", limit: 2000)
        case .compared(let verdict): return "run \(id) is a reproduction; its own verdict: \(verdict.word)"
        }
    }
}
