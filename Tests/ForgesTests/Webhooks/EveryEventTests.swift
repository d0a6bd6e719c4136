import Domain
import Forges
import Foundation
import Testing

/// Each event of each forge's manual: handled, or a named nothing.
@Suite struct EveryEventTests {
    static let all: [Sample] =
        GitHubSamples.handled + GitHubSamples.nothing + GitLabSamples.handled + GitLabSamples.nothing
        + GiteaSamples.handled(.gitea) + GiteaSamples.nothing(.gitea) + GiteaSamples.handled(.forgejo)
        + GiteaSamples.nothing(.forgejo) + BitbucketSamples.all

    @Test(arguments: all)
    func `every event of every forge becomes what it should`(_ sample: Sample) throws {
        let delivery = try take(sample).get()

        #expect(word(delivery.event) == sample.becomes)
        if case .nothing(let name) = delivery.event { #expect(!name.isEmpty) }
        if sample.becomes != "nothing" { #expect(delivery.repository != nil) }
    }

    /// Bitbucket tells the first 12 digits of a commit. What they stand for only its API knows.
    @Test(arguments: BitbucketSamples.changes)
    func `a pull request of Bitbucket is never malformed`(_ sample: Sample) throws {
        #expect(throws: Never.self) { try take(sample).get() }
    }

    @Test(arguments: [ForgeKind.github, .gitea, .forgejo, .gitlab, .bitbucket])
    func `a delivery carries the forge's id and name of it`(_ kind: ForgeKind) throws {
        let sample = try #require(Self.all.first { $0.kind == kind })

        let delivery = try take(sample).get()

        #expect(delivery.id == "72d3162e-cc78-11e3-81ab-4c9367dc0958")
        #expect(delivery.name == sample.name)
    }

    /// The path decides which forge it is; the headers of another one are not looked at.
    @Test func `a delivery for one forge is refused by the webhook of another`() {
        for sample in [GitHubSamples.handled[0], GiteaSamples.handled(.gitea)[0], GitLabSamples.handled[0]] {
            for kind in ForgeKind.allCases where kind != sample.kind {
                // Gitea sends GitHub's headers too, and Forgejo Gitea's: those are no mistake.
                if [.gitea, .forgejo].contains(kind) && [.github, .gitea, .forgejo].contains(sample.kind) { continue }
                if kind == .github && [.gitea, .forgejo].contains(sample.kind) { continue }
                let request = post(sample.kind, sample.name, sample.json)
                guard case .failure(.signature) = take(request, kind) else {
                    Issue.record("\(kind) takes \(sample)")
                    continue
                }
            }
        }
    }
}
