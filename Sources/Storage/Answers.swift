package import Domain
package import Foundation
import GRDB

extension Store {
    /// Whom to answer when a promotion is over.
    package struct Answer: Sendable, Hashable {
        package let promotion: Int64
        package let project: ProjectName
        package let pullRequest: Int64
        /// What is answered there: a comment's id, a button, a merge.
        package let subject: String

        package init(promotion: Int64, project: ProjectName, pullRequest: Int64, subject: String) {
            self.promotion = promotion
            self.project = project
            self.pullRequest = pullRequest
            self.subject = subject
        }
    }

    /// Notes that an answer is owed as soon as the promotion is over. Owed twice, it is owed once.
    package func owe(_ answer: Answer) async throws(Fault) {
        try await write { database in
            try database.execute(
                sql: """
                    INSERT INTO answer (promotion, project, pull_request, subject) VALUES (?, ?, ?, ?)
                    ON CONFLICT DO NOTHING
                    """,
                arguments: [answer.promotion, answer.project.text, answer.pullRequest, answer.subject])
        }
    }

    /// Answers that are owed about promotions that are over.
    package func dueAnswers(limit: Int) async throws(Fault) -> [Answer] {
        try await read { database in
            try Row.fetchAll(
                database,
                sql: """
                    SELECT answer.* FROM answer CROSS JOIN promotion ON promotion.id = answer.promotion
                    WHERE promotion.finished_at IS NOT NULL ORDER BY answer.promotion LIMIT ?
                    """,
                arguments: [max(0, limit)]
            ).map { row in
                Answer(
                    promotion: try row.number("promotion"), project: try row.value("project") { ProjectName($0) },
                    pullRequest: try row.number("pull_request"), subject: try row.text("subject"))
            }
        }
    }

    /// Writes answers, and forgets that they are owed, in one transaction.
    package func put(_ posts: [Post], answering answers: [Answer], at: Date) async throws(Fault) {
        try await write { database in
            try Posts.put(database, posts, at: at)
            for answer in answers {
                try database.execute(
                    sql: """
                        DELETE FROM answer WHERE promotion = ? AND project = ? AND pull_request = ? AND subject = ?
                        """,
                    arguments: [answer.promotion, answer.project.text, answer.pullRequest, answer.subject])
            }
        }
    }
}
