import Domain
import GRDB

/// The words by which a run is found, inside a transaction. They are facts of its plan and never change.
enum RunText {
    static func insert(_ database: Database, _ plan: Plan, _ ticket: Store.TicketDraft?, run: RunID) throws {
        var words = [plan.commitSubject, plan.commitAuthor]
        if case .push(let branch) = plan.trigger { words.append(branch.text) }
        if case .branch(let branch) = ticket?.lane { words.append(branch.text) }
        if let pull = ticket?.pullRequest {
            words += [pull.headBranch.text, pull.title, pull.author.login.text]
        }
        let facets =
            RunSearch.facets(project: ticket?.project, model: plan.policy.model, cause: plan.trigger.word)
            + RunSearch.facets(commit: plan.commit.hex, pullRequest: ticket?.pullRequest?.number)
        try database.cachedStatement(sql: "INSERT INTO run_text (rowid, words, facets) VALUES (?, ?, ?)")
            .execute(arguments: [
                run.number, words.joined(separator: " "), facets.joined(separator: " "),
            ])
    }
}
