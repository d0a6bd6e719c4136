import Domain
import Foundation
import Testing

/// The report as a page that is sent by mail or kept beside the model.
@Suite(.timeLimit(.minutes(15)))
struct HTMLStoryTests {
    @Test func `a judged run is shown as one HTML page, the same each time`() async throws {
        try await withProject { project in
            try await project.addData()
            try await project.sluice("run")

            let page = try await project.sluice("show", "1", "--html")
            let again = try await project.sluice("show", "1", "--html")

            #expect(page.status == 0 && page.errors.isEmpty, "\(page.errors)")
            #expect(page.output.hasPrefix("<!DOCTYPE html>") && page.output.hasSuffix("</html>\n"))
            #expect(page.output.contains("Promotable") && page.output.contains("sluice approve 1"))
            #expect(page.output == again.output)
        }
    }

    @Test func `the project's own template is the page, as the run's commit has it`() async throws {
        let policy = ToyProject.policy + "\nreport: { templates: ours }\n"
        let own = "<!DOCTYPE html>\n{{> head}}\n<p>Ask the flight desk about {{model}}.</p>\n{{> gates}}\n"
        try await withProject(["sluice.yaml": policy, "ours/html.mustache": own]) { project in
            try await project.addData()
            try await project.sluice("run")

            let page = try await project.sluice("show", "1", "--html")

            #expect(page.status == 0, "\(page.errors)")
            #expect(
                page.output.contains("<p>Ask the flight desk about toy.</p>") && page.output.contains("<h2>Gates</h2>"))
            #expect(!page.output.contains("<h2>Decision</h2>"))
        }
    }

    @Test func `one run is shown in one form`() async throws {
        try await withProject { project in
            let call = try await project.sluice("show", "1", "--html", "--json")

            #expect(call.status == 2)
            #expect((call.errors + call.output).contains("give one of --markdown, --html and --json"))
        }
    }
}
