package import Domain
import GRDB

extension Store {
    /// Records a decision if `policy` (checked inside the transaction against the decisions so far) allows it.
    ///
    /// A run can be approved if it was judged with a passing verdict, rejected if it was judged; neither once it was
    /// promoted. `.bug` if the decision is bound to other evidence or another model than the run has. `floor`: whom the
    /// operator allows besides.
    package func record(
        _ decision: Decision, under policy: ApprovalPolicy, author: String, floor: [PersonName] = []
    ) async throws(Fault) -> Result<Standing, DecisionRefusal> {
        try await write { database in
            let decisions = try Decisions.all(database, of: decision.run)
            do {
                let judgedAt = try Decisions.check(database, decision, decisions, policy, author, floor: floor)
                try Decisions.insert(database, decision)
                return .success(
                    policy.standing(of: decisions + [decision], judgedAt: judgedAt, now: decision.at))
            } catch let refusal as DecisionRefusal {
                return .failure(refusal)
            }
        }
    }

    /// In the order in which they were made.
    package func decisions(of run: RunID) async throws(Fault) -> [Decision] {
        try await read { try Decisions.all($0, of: run) }
    }
}
