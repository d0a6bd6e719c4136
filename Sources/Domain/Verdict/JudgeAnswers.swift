/// Gates that a command of the project's answers.
extension GateQuestion {
    var commandResult: GateResult {
        switch measured.answers[gate.metric] {
        case .yes: answer(.passed)
        case .no(let line): answer(.failed, reason: .answered(line))
        case .couldNotTell(let why): answer(.undecided(why: "\(gate.metric) could not tell: \(why)"))
        case nil: missing("this run recorded no answer of the command '\(gate.metric)'")
        }
    }
}
