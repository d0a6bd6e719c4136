package import Domain
import Foundation
import Git
package import Reports

extension Engine {
    /// The project's own templates as the run's commit has them (for a pull request, its base); nil: there are none.
    /// Whatever a branch holds today, a report is rendered as it was when it was judged.
    package func reportTemplates(of plan: Plan) async throws(Fault) -> ReportTemplates? {
        guard let folder = plan.policy.report?.templates else { return nil }
        return try await templates(in: folder, try await source(of: plan), plan.templatesCommit)
    }

    /// Throws `.input` for what is wrong with the templates, with file and line: before anything runs, and not when a
    /// report is due.
    func checkTemplates(
        of policy: Policy, in repository: GitRepository, at commit: CommitID
    ) async throws(Fault) {
        guard let folder = policy.report?.templates else { return }
        let templates = try await templates(in: folder, repository, commit)
        do throws(Complaints) {
            try templates.check(folder: folder.text)
        } catch {
            throw error.fault
        }
    }

    private func templates(
        in folder: TreePath, _ repository: GitRepository, _ commit: CommitID
    ) async throws(Fault) -> ReportTemplates {
        var texts: [String: String] = [:]
        for kind in ["markdown", "html", "terminal"] {
            guard let path = TreePath("\(folder)/\(kind).mustache"),
                let bytes = try await repository.file(path, at: commit, limit: ReportTemplates.mostBytes)
            else { continue }
            guard let text = String(data: bytes, encoding: .utf8) else {
                throw Fault(.input, "'\(path)' (report.templates) is not UTF-8 text")
            }
            texts[kind] = text
        }
        guard !texts.isEmpty else {
            throw Fault(
                .input, "commit \(commit.short) has no template in '\(folder)' (report.templates)",
                advice: "the files are called markdown.mustache, html.mustache and terminal.mustache")
        }
        return ReportTemplates(markdown: texts["markdown"], html: texts["html"], terminal: texts["terminal"])
    }
}
